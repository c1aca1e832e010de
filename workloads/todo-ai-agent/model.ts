import { z } from 'zod';
import { eventsOf } from '../shared/event-stream';
import { reach } from '../shared/reach';

/** A tool that a model wants called. What its arguments are is only known when they are read. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** A message as the API of OpenAI has it. */
export type Message =
  | { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls: readonly object[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
}

/** What one answer of a model is: text, which was handed on as it came, and calls. */
export interface ModelAnswer {
  /** What the API says that answered: not always what was asked for. */
  readonly model: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

/** Why a model gave no answer that can be used. Its own words are not shown to users, for they may be anything. */
export class ModelError extends Error {
  constructor(
    readonly code: 'model_unavailable' | 'model_timeout' | 'model_nonsense',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const MOST_TEXT = 20_000;
const MOST_CALLS = 10;

/** The part of a chunk that is read; what else is in it is the API's business. */
const Chunk = z.object({
  model: z.string().nullish(),
  choices: z.array(
    z.object({
      delta: z.object({
        content: z.string().nullish(),
        tool_calls: z
          .array(
            z.object({
              index: z
                .int()
                .min(0)
                .max(MOST_CALLS - 1),
              id: z.string().nullish(),
              function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).optional(),
            }),
          )
          .nullish(),
      }),
      finish_reason: z.string().nullish(),
    }),
  ),
});

type Choice = z.infer<typeof Chunk>['choices'][number];

/** A model behind any API that is compatible with OpenAI's. */
export class Model {
  constructor(private readonly options: { url: string; key: string; model: string; timeoutMs: number }) {}

  /** Asks for an answer; `onText` gets its text as it comes. */
  async answer(
    messages: readonly Message[],
    tools: readonly Tool[],
    onText: (text: string) => void,
    cancelled: AbortSignal,
  ): Promise<ModelAnswer> {
    const late = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const body = await this.ask(messages, tools, AbortSignal.any([late, cancelled]));
      return await answerIn(body, onText);
    } catch (cause) {
      if (late.aborted) throw new ModelError('model_timeout', 'the model took too long', { cause });
      if (cause instanceof ModelError || cancelled.aborted) throw cause;
      throw new ModelError('model_unavailable', 'the model cannot be reached', { cause });
    }
  }

  private async ask(messages: readonly Message[], tools: readonly Tool[], signal: AbortSignal) {
    const { url, key, model } = this.options;
    const answer = await reach(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model,
        messages,
        tools: tools.map((one) => ({ type: 'function', function: one })),
        stream: true,
      }),
      signal,
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new ModelError('model_unavailable', `the model's API answers with ${answer.status}`);
    }
    const type = answer.headers.get('content-type') ?? '';
    if (!type.startsWith('text/event-stream') || answer.body === null) {
      await answer.body?.cancel();
      throw new ModelError(
        'model_nonsense',
        `the model's API answers with ${type || 'nothing'}, not with events`,
      );
    }
    return answer.body;
  }
}

async function answerIn(
  body: ReadableStream<Uint8Array>,
  onText: (text: string) => void,
): Promise<ModelAnswer> {
  const answer = new AnswerSoFar(onText);
  for await (const { data } of eventsOf(body)) {
    if (data === '[DONE]') break;
    const { model, choices } = chunkOf(data);
    answer.model = model || answer.model;
    for (const choice of choices) answer.add(choice);
  }
  return answer.whole();
}

/** Puts an answer together from its chunks. */
class AnswerSoFar {
  model = 'unknown';
  private readonly calls: { id: string; name: string; arguments: string }[] = [];
  private text = '';
  private isFinished = false;

  constructor(private readonly onText: (text: string) => void) {}

  add({ delta, finish_reason }: Choice): void {
    this.isFinished ||= Boolean(finish_reason);
    for (const piece of delta.tool_calls ?? []) this.addCall(piece);
    if (!delta.content) return;
    this.text += delta.content;
    if (this.text.length > MOST_TEXT)
      throw new ModelError('model_nonsense', 'the model does not stop talking');
    this.onText(delta.content);
  }

  /** The name of a call comes in its first piece, its arguments in as many as the model likes. */
  private addCall({ index, id, function: piece }: NonNullable<Choice['delta']['tool_calls']>[number]): void {
    const call = this.calls[index] ?? { id: '', name: '', arguments: '' };
    this.calls[index] = {
      id: call.id || (id ?? ''),
      name: call.name + (piece?.name ?? ''),
      arguments: call.arguments + (piece?.arguments ?? ''),
    };
  }

  /** A stream that breaks off has said something, but not all of it: half an answer is none. */
  whole(): ModelAnswer {
    const calls = this.calls.filter(({ id, name }) => id !== '' && name !== '');
    if (!this.isFinished) throw new ModelError('model_nonsense', 'the answer of the model breaks off');
    if (calls.length !== this.calls.length) throw new ModelError('model_nonsense', 'a call has no name');
    if (this.text === '' && calls.length === 0) throw new ModelError('model_nonsense', 'the answer is empty');
    return { model: this.model.slice(0, 100), text: this.text, calls };
  }
}

function chunkOf(data: string): z.infer<typeof Chunk> {
  try {
    return Chunk.parse(JSON.parse(data));
  } catch (cause) {
    throw new ModelError('model_nonsense', 'what the model sends is no answer', { cause });
  }
}
