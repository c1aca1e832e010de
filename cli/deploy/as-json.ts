import { DrydockError } from '../../errors';

/** An answer for programs, with each error of ours in it as its facts. */
export function asJson(answer: unknown): string {
  return JSON.stringify(answer, errorsAsFacts, 2);
}

function errorsAsFacts(_key: string, value: unknown): unknown {
  if (!(value instanceof DrydockError)) return value;
  const { code, where, found, expected, remedy } = value;
  return { code, where, found, expected, remedy };
}
