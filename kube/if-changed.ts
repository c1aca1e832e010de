import { parseAnswer } from './answer';
import type { Call } from './call';
import type { Connection } from './connection';
import { perform } from './request';

/** An answer, and what the server calls this state of it; undefined where the server names none. */
export interface Tagged<Answer> {
  readonly answer: Answer;
  readonly etag: string | undefined;
}

/**
 * Reads what may be known already. When the server says that it is the same, what is known is the answer, and nothing of
 * it has come again.
 *
 * @param parse makes of the JSON what is kept
 */
export function readIfChanged<Answer>(
  connection: Connection,
  { headers, ...call }: Omit<Call, 'method' | 'body' | 'idempotent'>,
  known: Tagged<Answer> | undefined,
  parse: (answer: unknown) => Answer,
): Promise<Tagged<Answer>> {
  const etag = known?.etag;
  return perform(
    connection,
    {
      ...call,
      method: 'GET',
      idempotent: true,
      headers: { ...headers, ...(etag !== undefined && { 'if-none-match': etag }) },
    },
    (answered, where) => {
      if (known && answered.statusCode === 304) return known;
      return { answer: parse(parseAnswer(where, answered.body)), etag: answered.etag };
    },
  );
}
