import { VALUES_HERE } from '../values';
import type { PrintedAssertion } from './model';
import { goString } from './print/go-string';
import { bare } from './print/pipeline';
import { Scope } from './print/scope';

/** A template that prints nothing, and fails where an assertion does not hold. */
export function assertionsTemplate(
  assertions: readonly PrintedAssertion[],
  where: string,
): string | undefined {
  if (assertions.length === 0) return undefined;
  const lines = Scope.top(where).around((scope) =>
    assertions.flatMap((assertion) => assertionLines(assertion, scope)),
  );
  return `${lines.join('\n')}\n`;
}

function assertionLines({ cond, message, between = [] }: PrintedAssertion, scope: Scope): string[] {
  const check = [
    `{{- if not ${wrapped(bare(cond, scope))} }}`,
    `{{- fail ${messageText(message)} }}`,
    '{{- end }}',
  ];
  const installed = between.flatMap(installedChecks);
  if (installed.length === 0) return check;
  const condition = installed.length === 1 ? installed[0]?.slice(1, -1) : `and ${installed.join(' ')}`;
  return [`{{- if ${condition} }}`, ...check, '{{- end }}'];
}

/** `todo-app/charts/frontend/templates` is where helm has the templates of the subchart `frontend`. */
const KEYS = '(rest (splitList "/charts/" (trimSuffix "/templates" .Template.BasePath)))';

function messageText(message: string): string {
  if (!message.includes(VALUES_HERE)) return goString(message);
  return `(replace ${goString(VALUES_HERE)} (join "." (append ${KEYS} "")) ${goString(message)})`;
}

function wrapped(pipe: string): string {
  return pipe.includes(' ') ? `(${pipe})` : pipe;
}

/** Helm's `.Subcharts` has those that are installed; each is asked for in the one around it, once that is there. */
function installedChecks(path: readonly string[]): string[] {
  return path.map((key, depth) => {
    const around = path
      .slice(0, depth)
      .reduce((outer, name) => `(index ${outer} ${goString(name)}).Subcharts`, '.Subcharts');
    return `(hasKey ${around} ${goString(key)})`;
  });
}
