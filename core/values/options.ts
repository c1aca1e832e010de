import { DrydockError, nearest } from '../template';

/** What is wrong with what `value.KIND` is told, found where it is told and not when a chart is printed or installed. */

const COMMON = ['doc', 'default', 'optional'];

/** Rejects invalid options, and those that the kind of value does not have. */
export function checkOptions(kind: string, options: unknown, own: readonly string[] = []): void {
  const where = `value.${kind}`;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw badOption(
      where,
      shown(options),
      'an object such as { doc: "..." }',
      'Give the options as an object.',
    );
  const known = [...COMMON, ...own];
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw badOption(
      where,
      `the option ${JSON.stringify(key)}`,
      `one of ${known.join(', ')}`,
      near ? `Did you mean ${near}?` : 'Leave it out.',
    );
  }
  const { optional } = options as { readonly optional?: unknown };
  if (optional !== undefined && typeof optional !== 'boolean')
    throw badOption(where, `optional: ${shown(optional)}`, 'true or false', 'Give a boolean.');
}

export interface Bounds {
  /** The names of the two options. */
  readonly names: readonly [low: string, high: string];
  readonly low: unknown;
  readonly high: unknown;
  readonly whole: boolean;
  /** Nothing below it makes sense. */
  readonly least?: number;
}

/** Refuses bounds that are no numbers, and those that leave no value between them. */
export function checkBounds(kind: string, { names, low, high, whole, least }: Bounds): void {
  const where = `value.${kind}`;
  for (const [index, bound] of [low, high].entries()) {
    if (bound === undefined || isBound(bound, whole, least)) continue;
    const from = least === undefined ? '' : ` from ${least}`;
    throw badOption(
      where,
      `${names[index]}: ${shown(bound)}`,
      `${whole ? 'a whole number that JavaScript holds exactly' : 'a finite number'}${from}`,
      'Correct the bound, or leave it out.',
    );
  }
  if (typeof low === 'number' && typeof high === 'number' && low > high)
    throw badOption(
      where,
      `${names[0]}: ${low} and ${names[1]}: ${high}`,
      `${names[0]} of at most ${names[1]}`,
      'No value lies between them; correct one of the two.',
    );
}

function isBound(bound: unknown, whole: boolean, least = Number.NEGATIVE_INFINITY): boolean {
  if (typeof bound !== 'number' || !Number.isFinite(bound) || bound < least) return false;
  return !whole || Number.isSafeInteger(bound);
}

/** Rejects what is no text, and an empty text. Half a character is one that no file can hold. */
export function checkText(text: unknown, prop: string, where: string): asserts text is string {
  if (typeof text !== 'string' || text.trim() === '')
    throw new DrydockError('VALUE_WITHOUT_DOC', {
      where: `defineValues ${where}`,
      found: text === undefined ? `no ${prop}` : `${prop}: ${shown(text)}`,
      expected: `${prop}: "...", a text that says what it is for`,
      remedy: 'It is printed into values.yaml and the README, where people who install the chart read it.',
    });
  if (/\p{Surrogate}/u.test(text))
    throw badOption(`${where} ${prop}`, 'half of a character (a lone surrogate)', 'text', 'Write it anew.');
}

export function badOption(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('VALUE_OPTION', { where, found, expected, remedy });
}

/** What was found, in few words: options are code, and so no secrets. */
export function shown(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object' && found !== null) return 'an object';
  if (typeof found === 'function') return 'a function';
  return typeof found === 'string' ? JSON.stringify(found.slice(0, 60)) : String(found);
}
