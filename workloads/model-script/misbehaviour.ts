/**
 * What models and what is in front of them really do wrong, on request: a message `misbehave: NAME` gets it. The body of the
 * answer; undefined: none, ever.
 */
export const misbehaviours: Readonly<Record<string, () => Response | undefined>> = {
  'an error': () => new Response('{"error":{"message":"overloaded"}}', { status: 529 }),
  'a page': () => new Response('<html>a login page</html>', { headers: { 'content-type': 'text/html' } }),
  'no json': () => events('data: {"choices":[{"delta":\n\n'),
  'other json': () => events(`data: ${JSON.stringify({ choices: 'none' })}\n\n`),
  'an empty answer': () => events(`${chunk({}, 'stop')}data: [DONE]\n\n`),
  'half an answer': () => events(chunk({ content: 'I have' })),
  'no end of talking': () => events(chunk({ content: 'la '.repeat(1000) }).repeat(20)),
  'a call without a name': () =>
    events(chunk({ tool_calls: [{ index: 0, id: 'c', function: { arguments: '{}' } }] }, 'tool_calls')),
  'a thousand calls': () =>
    events(chunk({ tool_calls: [{ index: 999, id: 'c', function: { name: 'list_todos' } }] }, 'tool_calls')),
  silence: () => undefined,
};

function chunk(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

function events(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
}
