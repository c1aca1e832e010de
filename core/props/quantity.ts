import { CPU_PATTERN } from '../template';
import { BYTES_AMOUNT, CPU_AMOUNT, MEMORY } from './patterns';
import type { PropShape } from './prop-shape';
import { text } from './texts';

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i|)|[eE]([+-]?\d{1,2}))$/;

/** A Kubernetes quantity that is not negative, as a number; `undefined` where the text is none. */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  if (!match) return undefined;
  const [, digits, unit = '', exponent] = match;
  return Number(digits) * (exponent === undefined ? (UNITS[unit] as number) : 10 ** Number(exponent));
}

/** An amount of CPU above zero. Kubernetes knows nothing finer than a thousandth. */
export function cpu(): PropShape {
  return text({
    code: 'QUANTITY_INVALID',
    expected: 'an amount of CPU above zero, such as 250m or 0.5',
    remedy: 'Write CPUs, such as 2 or 0.5, or thousandths of one, such as 250m.',
    pattern: CPU_AMOUNT,
    impliedBy: [CPU_PATTERN],
    also: (amount) => {
      const thousandths = (parseQuantity(amount) ?? 0) * 1000;
      const isWhole = Math.abs(thousandths - Math.round(thousandths)) < 1e-6;
      return thousandths >= 1 && isWhole && thousandths < 1e12;
    },
  });
}

/** An amount of memory or storage above zero. `128m` would be an eighth of a byte, so whole bytes are asked for. */
export function bytes(): PropShape {
  return text({
    code: 'QUANTITY_INVALID',
    expected: 'an amount of bytes above zero, such as 512Mi or 10Gi',
    remedy: 'Write a number and a unit without a space between them: Ki, Mi, Gi or Ti, or k, M, G or T.',
    pattern: BYTES_AMOUNT,
    impliedBy: [MEMORY],
    also: (amount) => {
      const parsed = parseQuantity(amount) ?? 0;
      return parsed >= 1 && parsed < 2 ** 63;
    },
  });
}
