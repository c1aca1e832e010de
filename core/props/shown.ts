import { carriedNode, describeNode } from '../template';

const LONGEST = 60;

/** What was given, for an error. A text that may be a secret is told by its kind only. */
export function shown(given: unknown, isSecret = false): string {
  const node = carriedNode(given);
  if (node) return describeNode(node);
  const kind = kindOf(given);
  if (kind === 'null' || kind === 'nothing') return kind;
  if (isSecret || kind === 'a function' || kind === 'a symbol') return kind;
  const written = writtenOut(given);
  return written === undefined ? kind : `${kind}, ${written}`;
}

function writtenOut(given: unknown): string | undefined {
  if (typeof given === 'number' || typeof given === 'bigint') return String(given);
  try {
    const text = JSON.stringify(given);
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
  } catch {
    // It holds itself, or an expression, which has no JSON.
    return undefined;
  }
}

/** The kind of what was given, in words. */
export function kindOf(given: unknown): string {
  if (given === undefined) return 'nothing';
  if (given === null) return 'null';
  if (Array.isArray(given)) return 'a list';
  if (typeof given === 'string') return 'a text';
  if (typeof given === 'object') return 'an object';
  return `a ${typeof given}`;
}
