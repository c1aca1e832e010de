import { Expression } from './expression';
import { mayBeAbsent, NODE, Node } from './nodes';
import { describe, wrongUse } from './wrong-use';

/** Of the fractions below one, those that are above zero. */
const THOUSANDTHS = '0\\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9])';
/**
 * CPU in the two forms that everybody reads alike, `500m` and `0.5`, as one pattern for JavaScript and Go. Above zero:
 * for Kubernetes a limit of zero is no limit.
 */
export const CPU_PATTERN = `^([1-9][0-9]{0,8}m|[1-9][0-9]{0,4}(\\.[0-9]{1,3})?|${THOUSANDTHS})$`;
const CPU = new RegExp(CPU_PATTERN);

/** What is not CPU in one of the two forms. */
export const UNKNOWN_CPU = -1;

/**
 * CPU in thousandths, so that two amounts can be compared; -1 for any other text.
 *
 * @example
 * const values = defineValues({ cpu: value.cpu({ default: '250m', doc: 'CPU of each pod' }) });
 * shop.assert(milliCpu(values.cpu).ge(100), 'cpu: at least 100m');
 */
export function milliCpu(text: string): number;
export function milliCpu(text: Expression<string>): Expression<number>;
export function milliCpu(text: string | Expression<string>): number | Expression<number> {
  if (!(text instanceof Expression)) return readMilliCpu(text);
  const arg = text[NODE];
  if (arg.shape.type !== 'string' || mayBeAbsent(arg)) {
    throw wrongUse('milliCpu', describe(arg), 'a text that is always there', 'Use `.orElse(...)` first.');
  }
  return new Expression(new Node({ op: 'milliCpu', arg }, { type: 'integer', min: UNKNOWN_CPU, max: 1e9 }));
}

/** What helm makes of it as well. */
export function readMilliCpu(text: string): number {
  if (!CPU.test(text)) return UNKNOWN_CPU;
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
}
