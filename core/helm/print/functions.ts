import {
  BYTE_UNITS,
  CPU_PATTERN,
  CUT_END,
  keptBytes,
  MEMORY_PATTERN,
  numberText,
  UNKNOWN_BYTES,
  UNKNOWN_CPU,
} from '../../template';
import { goString } from './go-string';

/** Functions of texts and amounts, as helm computes them of a pipeline. */

/** All of it is computed, whichever form the text has; what does not fit a conversion is 0 to it, and not chosen. */
export function milliCpu(text: string): string {
  const thousandths = `(int64 (trimSuffix "m" ${text}))`;
  const whole = `(int64 (round (mulf (float64 ${text}) 1000.0) 0))`;
  const known = `(regexMatch ${goString(CPU_PATTERN)} ${text})`;
  return `(ternary (ternary ${thousandths} ${whole} (hasSuffix "m" ${text})) ${UNKNOWN_CPU} ${known})`;
}

/** Floats hold every product exactly enough to compare; `get` of a unit that there is not gives 0. */
export function bytes(text: string): string {
  const units = Object.entries(BYTE_UNITS).map(([unit, size]) => `${goString(unit)} ${floatLiteral(size)}`);
  const size = `(float64 (get (dict ${units.join(' ')}) (regexFind "[A-Za-z]+$" ${text})))`;
  const known = `(regexMatch ${goString(MEMORY_PATTERN)} ${text})`;
  return `(ternary (mulf (float64 (regexFind "^[0-9]+" ${text})) ${size}) ${floatLiteral(UNKNOWN_BYTES)} ${known})`;
}

/** As `truncated` of core/template has it. */
function truncated(text: string, max: number): string {
  const start = `(regexReplaceAll ${goString(CUT_END)} (trunc ${keptBytes(max)} ${text}) "")`;
  return `(ternary ${text} (printf "%s-%s" ${start} ${textFunction('shortHash', text)}) (le (len ${text}) ${max}))`;
}

export function textFunction(how: string, argument: string, by: string | number = ''): string {
  if (how === 'trimPrefix' || how === 'trimSuffix') return `(${how} ${goString(String(by))} ${argument})`;
  if (how === 'truncate') return truncated(argument, Number(by));
  if (how === 'labelValue') return `(replace "+" "_" ${argument})`;
  if (how === 'verbatim') return `(replace "$" "$$" ${argument})`;
  return how === 'shortHash' ? `(trunc 10 (sha256sum ${argument}))` : `(${how} ${argument})`;
}

/** A number that Go's templates read as one with a fraction. */
export function floatLiteral(value: number): string {
  const text = numberText(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
