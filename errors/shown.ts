/** The longest text that an error quotes of what was given. */
const LONGEST = 60;

/**
 * What a caller gave, for the error that refuses it: its kind, and its beginning as JSON. Whatever that is, this answers,
 * because what is refused is the very thing that nothing is known of: it may hold itself, throw when it is read, be of a
 * type that JSON does not have, or be larger than any text.
 */
export function shown(given: unknown): string {
  const kind = kindOf(given);
  if (given === undefined || given === null || kind === 'a function' || kind === 'a symbol') return kind;
  const text = writtenOut(given);
  return text === undefined ? kind : `${kind}, ${text}`;
}

/** The kind of what was given, in words. */
export function kindOf(given: unknown): string {
  if (given === undefined) return 'nothing';
  if (given === null) return 'null';
  if (typeof given === 'string') return 'a text';
  if (typeof given !== 'object') return `a ${typeof given}`;
  return isList(given) ? 'a list' : 'an object';
}

/** A proxy that was revoked throws even at this question. */
function isList(given: object): boolean {
  try {
    return Array.isArray(given);
  } catch {
    return false;
  }
}

function writtenOut(given: unknown): string | undefined {
  try {
    const text = written(given, LONGEST);
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
  } catch {
    // It throws when it is read, or holds itself.
    return undefined;
  }
}

/** As JSON, but no further than a little beyond `room`. */
function written(given: unknown, room: number, within: readonly object[] = []): string {
  if (typeof given === 'string') return JSON.stringify(given.slice(0, room));
  if (typeof given === 'number' || typeof given === 'bigint') return String(given);
  if (typeof given !== 'object' || given === null) return JSON.stringify(given) ?? 'null';
  if (within.includes(given)) throw new Error('it holds itself');
  const { toJSON } = given as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') return JSON.stringify(given);
  const [open, close] = Array.isArray(given) ? ['[', ']'] : ['{', '}'];
  let text: string = open;
  for (const [key, member] of membersOf(given)) {
    if (text.length > room) return text;
    if (text.length > 1) text += ',';
    text += key;
    text += written(member, Math.max(0, room - text.length), [...within, given]);
  }
  return text + close;
}

/** What JSON has of a list or an object, one after the other. */
function* membersOf(given: object): Iterable<readonly [key: string, member: unknown]> {
  if (Array.isArray(given)) {
    for (const member of given) yield ['', member];
    return;
  }
  for (const key in given) {
    if (!Object.hasOwn(given, key)) continue;
    const member: unknown = (given as Readonly<Record<string, unknown>>)[key];
    const isLeftOut = member === undefined || typeof member === 'function' || typeof member === 'symbol';
    if (!isLeftOut) yield [`${JSON.stringify(key.slice(0, LONGEST))}:`, member];
  }
}
