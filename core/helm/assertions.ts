import type { Node } from '../template';
import { goString } from './print/go-string';
import { bare } from './print/pipeline';
import { Scope } from './print/scope';

/** A template that prints nothing, and fails where an assertion does not hold. */
export function assertionsTemplate(
  assertions: readonly { readonly cond: Node; readonly message: string }[],
  where: string,
): string | undefined {
  if (assertions.length === 0) return undefined;
  const scope = Scope.top(where);
  const lines = assertions.flatMap(({ cond, message }) => [
    `{{- if not ${wrapped(bare(cond, scope))} }}`,
    `{{- fail ${goString(message)} }}`,
    '{{- end }}',
  ]);
  return `${lines.join('\n')}\n`;
}

function wrapped(pipe: string): string {
  return pipe.includes(' ') ? `(${pipe})` : pipe;
}
