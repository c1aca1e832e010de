import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { createLog } from '../shared/log';
import { notSignedIn } from '../shared/problem';
import { bearerOf, type Env, jsonBody } from '../shared/requests';
import { type RunningService, startService } from '../shared/server';
import { port, readSettings } from '../shared/settings';
import { fixFor } from './fixes';
import { misbehaviours } from './misbehaviour';
import { type Reply, replyTo, type Said } from './script';

/** What its answers say they come from. */
export const STAND_IN = 'scripted-stand-in';

const Completion = z.object({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(z.object({ role: z.string(), content: z.string().nullish() })).min(1),
});

/**
 * Starts the stand-in for a model, where none can be reached: the chat API of OpenAI, as far as the agent uses it, with a script
 * behind it.
 */
export async function startModelScript(
  env: NodeJS.ProcessEnv,
  write?: (line: string) => void,
): Promise<RunningService> {
  const settings = readSettings(env, { PORT: port(8003) });
  return startService({
    name: 'model-script',
    port: settings.PORT,
    log: createLog({ program: 'model-script', write }),
    bodyLimit: 4 * 1024 * 1024,
    readiness: {},
    graceMs: 1000,
    routes: (app) => {
      app.post('/v1/chat/completions', async (c) => {
        if (bearerOf(c) === undefined) throw notSignedIn();
        const { messages } = await jsonBody(c, Completion);
        return misbehave(c, messages) ?? streamed(replyOf(messages));
      });
    },
  });
}

function replyOf(messages: readonly Said[]): Reply {
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (messages[0]?.content?.startsWith('You repair software.')) return { text: fixFor(asked) };
  const tool = (name: string, text: string): Reply => ({ calls: [{ name, arguments: text }] });
  const hasTried = messages.at(-1)?.role === 'tool';
  if (asked === 'misbehave: tools without end') return tool('list_todos', '{}');
  if (asked === 'misbehave: a tool that there is not' && !hasTried) return tool('drop_todos', '{}');
  if (asked === 'misbehave: broken arguments' && !hasTried) return tool('create_todo', '{"title":');
  if (asked === 'misbehave: a list of arguments' && !hasTried) return tool('create_todo', '["x"]');
  if (hasTried && asked.startsWith('misbehave:')) return { text: `I was told: ${messages.at(-1)?.content}` };
  return replyTo(messages);
}

function misbehave(c: Context<Env>, messages: readonly Said[]): Response | Promise<Response> | undefined {
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const wanted = misbehaviours[asked.replace(/^misbehave: /, '')];
  if (!asked.startsWith('misbehave: ') || wanted === undefined) return undefined;
  // Silent until whoever asked gives up.
  const gone = new Promise<Response>((resolve) => {
    c.req.raw.signal.addEventListener('abort', () => resolve(new Response(null)), { once: true });
  });
  return wanted() ?? gone;
}

/** A reply in pieces, as a model gives it. */
function streamed(reply: Reply): Response {
  const id = `script-${randomUUID()}`;
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      model: STAND_IN,
      choices: [{ index: 0, delta, finish_reason }],
    })}\n\n`;
  const pieces =
    'text' in reply
      ? [...(reply.text.match(/\S+\s*/g) ?? []).map((content) => chunk({ content })), chunk({}, 'stop')]
      : [
          ...reply.calls.map((call, index) =>
            chunk({ tool_calls: [{ index, id: `call-${randomUUID()}`, type: 'function', function: call }] }),
          ),
          chunk({}, 'tool_calls'),
        ];
  const stream = ReadableStream.from(
    [...pieces, 'data: [DONE]\n\n'].map((piece) => new TextEncoder().encode(piece)),
  );
  return new Response(stream as ReadableStream<Uint8Array>, {
    headers: { 'content-type': 'text/event-stream' },
  });
}
