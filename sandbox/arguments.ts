import { shown } from '../core/props/shown';
import { DrydockError } from '../errors';
import { isRecord } from '../kube';
import { SandboxError } from './errors';

/** Where something was given. */
export interface Place {
  readonly where: string;
  readonly sandboxId?: string;
}

/** What an argument can have to be, in words, and how it is known. What was left out passes. */
const KINDS = {
  name: ['a name', (given: unknown) => typeof given === 'string' && given !== ''],
  text: ['a text', (given: unknown) => typeof given === 'string'],
  flag: ['true or false', (given: unknown) => typeof given === 'boolean'],
  object: ['an object', isRecord],
  function: ['a function', (given: unknown) => typeof given === 'function'],
  signal: ['an AbortSignal', (given: unknown) => given instanceof AbortSignal],
  texts: [
    'a list of texts',
    (given: unknown) => Array.isArray(given) && given.every((one) => typeof one === 'string'),
  ],
} as const satisfies Record<string, readonly [words: string, holds: (given: unknown) => boolean]>;

export type Kind = keyof typeof KINDS;

/**
 * Rejects what a caller without types can give: an argument that is none of its kind is told where it was given, and
 * not as a TypeError from somewhere below.
 */
export function checkKinds(
  place: Place,
  given: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, Kind>>,
): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const [expected, holds] = KINDS[kind];
    if (given[name] !== undefined && !holds(given[name])) throw invalid(place, name, given[name], expected);
  }
}

/** The same for one that must be there. */
export function checkGiven(place: Place, name: string, given: unknown, kind: Kind): void {
  const [expected, holds] = KINDS[kind];
  if (!holds(given)) throw invalid(place, name, given, expected);
}

/** The same for the options of a call, each by its kind. */
export function checkOptions(place: Place, options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  checkGiven(place, 'options', options, 'object');
  checkKinds(place, options as Readonly<Record<string, unknown>>, kinds);
}

export function invalid(
  { where, sandboxId }: Place,
  name: string,
  found: unknown,
  expected: string,
): SandboxError {
  const facts = {
    where,
    found: `${name}: ${shown(found)}`,
    expected,
    remedy: `Correct \`${name}\`, or leave it out where it has a default.`,
  };
  return new SandboxError('ArgumentInvalid', facts, { sandboxId });
}

/** What the template does not take, or is none, is the caller's mistake, in the words of the template. */
export function asArgument<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (error instanceof SandboxError || !(error instanceof DrydockError)) throw error;
    const { where, found, expected, remedy } = error;
    throw new SandboxError('ArgumentInvalid', { where, found, expected, remedy }, { cause: error });
  }
}
