import { UsageError } from './command';

/** The variables that `--env NAME=VALUE` gives a command, by their names. A later one of a name counts. */
export function variablesOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(given.map(variableOf));
}

function variableOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UsageError(`--env takes NAME=VALUE, found "${text}"`, 'drydock sandbox --help');
}
