import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../errors';
import { UsageError } from './command';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options, P extends boolean> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: P; strict: true }>
>;

/**
 * The options of a command through `parseArgs` of node:util. A mistake is a UsageError that says what was written, and
 * the option that was probably meant.
 */
export function parseOptions<O extends Options, P extends boolean = false>(
  command: string,
  argv: readonly string[],
  options: O,
  allowPositionals: P = false as P,
): Parsed<O, P> {
  const known = Object.keys(options);
  const help = `drydock ${command} --help`.replace(/\s+/g, ' ');
  for (const token of parseArgs({ args: [...argv], options, strict: false, tokens: true }).tokens) {
    if (token.kind === 'option' && !known.includes(token.name)) {
      const near = nearest(token.name, known);
      throw new UsageError(
        `unknown option ${token.rawName}${near === undefined ? '' : `, did you mean --${near}?`}`,
        help,
      );
    }
    if (token.kind === 'positional' && !allowPositionals) {
      throw new UsageError(
        `unexpected argument "${token.value}": ${help.split(' --')[0]} takes options only`,
        help,
      );
    }
  }
  try {
    return parseArgs({ args: [...argv], options, allowPositionals, strict: true });
  } catch (error) {
    // What is left is an option without its value, or a value that a switch does not take.
    throw new UsageError(String((error as Error).message).split('\n')[0]!, help);
  }
}
