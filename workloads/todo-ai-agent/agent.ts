import type { Context } from 'hono';
import { ChatRequest } from '../shared/chat-request';
import { eventText } from '../shared/event-stream';
import { upstream } from '../shared/health';
import { createLog } from '../shared/log';
import { notSignedIn, unavailable } from '../shared/problem';
import { bearerOf, type Env, jsonBody } from '../shared/requests';
import { type RunningService, startService } from '../shared/server';
import { converse, type Step, TooManyRounds } from './conversation';
import { type Message, Model, ModelError } from './model';
import { readAgentSettings } from './settings';
import { Toolbox } from './toolbox';

/** Starts the agent with the variables that its chart sets. */
export async function startAgent(
  env: NodeJS.ProcessEnv,
  write?: (line: string) => void,
): Promise<RunningService> {
  const settings = readAgentSettings(env);
  const log = createLog({ program: 'todo-ai-agent', secrets: [settings.OPENAI_API_KEY], write });
  const model = new Model({
    url: settings.OPENAI_BASE_URL,
    key: settings.OPENAI_API_KEY,
    model: settings.OPENAI_MODEL,
    timeoutMs: settings.MODEL_TIMEOUT_SECONDS * 1000,
  });
  return startService({
    name: 'todo-ai-agent',
    port: settings.PORT,
    log,
    bodyLimit: 512 * 1024,
    // The model is asked when a user asks: a probe that did would cost money every few seconds.
    readiness: { 'mcp-server': upstream(settings.MCP_SERVER_URL) },
    routes: (app, metrics) => {
      const chats = metrics.counter('chats_total', 'Conversations by how they ended', ['outcome']);
      app.post('/chat', async (c) => {
        const token = bearerOf(c);
        if (token === undefined) throw notSignedIn();
        const { messages } = await jsonBody(c, ChatRequest);
        const toolbox = await openToolbox(c, settings.MCP_SERVER_URL, token);
        return streamed(c, async (tell, cancelled) => {
          const outcome = await outcomeOf(c, () =>
            converse(model, toolbox, messages as Message[], tell, cancelled),
          );
          chats.inc({ outcome: cancelled.aborted ? 'cancelled' : outcome.code });
          await toolbox.close();
          return outcome;
        });
      });
    },
  });
}

async function openToolbox(c: Context<Env>, url: string, token: string): Promise<Toolbox> {
  try {
    return await Toolbox.open(url, token, c.get('requestId'));
  } catch (error) {
    c.get('log').warn('the MCP server cannot be used', { error });
    throw unavailable('The tools of the agent');
  }
}

interface ChatOutcome {
  readonly code: string;
  /** What the user is told when it went wrong. */
  readonly message?: string;
}

const sentences: Readonly<Record<string, string>> = {
  model_unavailable: 'The model cannot be reached at the moment: try again later.',
  model_timeout: 'The model took too long: try again, or ask for less.',
  model_nonsense: 'The model gave an answer that makes no sense: try again.',
  too_many_rounds: 'The model did not come to an end. What it did until then is in your list.',
  internal: 'Something went wrong on our side.',
};

async function outcomeOf(c: Context<Env>, work: () => Promise<void>): Promise<ChatOutcome> {
  try {
    await work();
    return { code: 'done' };
  } catch (error) {
    const code =
      error instanceof ModelError
        ? error.code
        : error instanceof TooManyRounds
          ? 'too_many_rounds'
          : 'internal';
    c.get('log').warn('a conversation failed', { code, error });
    return { code, message: sentences[code] };
  }
}

/** An answer of events. It ends early when the reader leaves, and then nothing more is asked of the model. */
function streamed(
  c: Context<Env>,
  work: (tell: (step: Step) => void, cancelled: AbortSignal) => Promise<ChatOutcome>,
): Response {
  const left = new AbortController();
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (event: string, data: unknown) => {
        if (!left.signal.aborted) controller.enqueue(encoder.encode(eventText(event, data)));
      };
      const { code, message } = await work(({ event, data }) => send(event, data), left.signal);
      if (message) send('error', { code, message });
      if (!left.signal.aborted) controller.close();
    },
    cancel: () => left.abort(),
  });
  return c.body(stream, 200, { 'content-type': 'text/event-stream' });
}
