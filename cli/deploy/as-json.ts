import { DrydockError } from '../../errors';
import { stringifyJson } from '../../kube';

/** An answer for programs, with each error of ours in it as its facts. */
export function asJson(answer: unknown): string {
  return stringifyJson(answer, 2, errorsAsFacts);
}

function errorsAsFacts(_key: string, value: unknown): unknown {
  if (!(value instanceof DrydockError)) return value;
  const { code, where, found, expected, remedy } = value;
  return { code, where, found, expected, remedy };
}
