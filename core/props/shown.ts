import { kindOf, shown as shownPlain } from '../../errors';
import { carriedNode, describeNode, type Node } from '../template';

export { kindOf };

/** What was given, for an error: also an expression. A text that may be a secret is told by its kind only. */
export function shown(given: unknown, isSecret = false): string {
  const node = nodeIn(given);
  if (node) return describeNode(node);
  return isSecret ? kindOf(given) : shownPlain(given);
}

/** What throws when it is looked at carries none. */
function nodeIn(given: unknown): Node | undefined {
  try {
    return carriedNode(given);
  } catch {
    return undefined;
  }
}
