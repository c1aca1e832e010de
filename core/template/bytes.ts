import { Expression } from './expression';
import { mayBeAbsent, NODE, Node } from './nodes';
import { describe, wrongUse } from './wrong-use';

/** What memory and storage are counted in, in the order in which a pattern names them. */
export const BYTE_UNITS: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** Memory as values declare it: whole numbers above zero, with a unit. */
export const MEMORY_PATTERN = `^[1-9][0-9]{0,8}(${Object.keys(BYTE_UNITS).join('|')})$`;
const MEMORY = new RegExp(MEMORY_PATTERN);

/** What is no amount in that form. */
export const UNKNOWN_BYTES = -1;

/**
 * An amount of memory or storage in bytes, so that two can be compared; -1 for any text that is none.
 *
 * @example
 * const values = defineValues({ memory: value.memory({ default: '256Mi', doc: 'Memory of each pod' }) });
 * shop.assert(bytesOf(values.memory).ge(bytesOf('128Mi')), 'memory: at least 128Mi');
 */
export function bytesOf(amount: string): number;
export function bytesOf(amount: Expression<string>): Expression<number>;
export function bytesOf(amount: string | Expression<string>): number | Expression<number>;
export function bytesOf(amount: string | Expression<string>): number | Expression<number> {
  if (!(amount instanceof Expression)) return readBytes(amount);
  const arg = amount[NODE];
  if (arg.shape.type !== 'string' || mayBeAbsent(arg))
    throw wrongUse('bytesOf', describe(arg), 'a text that is always there', 'Use `.orElse(...)` first.');
  return new Expression(new Node({ op: 'bytes', arg }, { type: 'number' }));
}

/** What helm makes of it as well. */
export function readBytes(amount: string): number {
  const unit = /[A-Za-z]*$/.exec(amount)?.[0] ?? '';
  return MEMORY.test(amount)
    ? Number(amount.slice(0, -unit.length)) * (BYTE_UNITS[unit] as number)
    : UNKNOWN_BYTES;
}
