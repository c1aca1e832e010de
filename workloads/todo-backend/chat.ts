import type { Context } from 'hono';
import type { z } from 'zod';
import type { ChatRequest } from '../shared/chat-request';
import { unavailable } from '../shared/problem';
import { reach } from '../shared/reach';
import { relay } from '../shared/relay';
import type { Env } from '../shared/requests';

/** Hands a question on to the agent, in the name of the user, and its answer back as it comes. */
export async function chat(
  c: Context<Env>,
  agentUrl: string,
  token: string,
  body: z.infer<typeof ChatRequest>,
): Promise<Response> {
  const log = c.get('log');
  let answer: Response;
  try {
    answer = await reach(`${agentUrl}/chat`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-request-id': c.get('requestId'),
      },
      body: JSON.stringify(body),
      // Whoever closes the page needs no answer, and the model costs money.
      signal: c.req.raw.signal,
    });
  } catch (error) {
    log.warn('the agent cannot be reached', { error });
    throw unavailable('The agent');
  }
  if (!answer.ok || answer.body === null) {
    log.warn('the agent refused', { status: answer.status });
    await answer.body?.cancel();
    throw unavailable('The agent');
  }
  return c.body(relay(answer.body, log), 200, { 'content-type': 'text/event-stream' });
}
