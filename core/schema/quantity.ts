const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/;

const DECIMAL: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};
const BINARY = 'KMGTPE';

/** The number that a quantity such as `500m` or `1.5Gi` is, near enough to compare; `undefined` where it is none. */
export function quantityOf(given: unknown): number | undefined {
  const [, sign, digits = '', exponent, suffix = ''] = FORM.exec(String(given).trim()) ?? [];
  if (digits === '') return undefined;
  const scale = suffix.endsWith('i')
    ? 2 ** (10 * (BINARY.indexOf(suffix.charAt(0)) + 1))
    : (DECIMAL[suffix] ?? 10 ** Number(exponent ?? 0));
  return Number(digits) * scale * (sign === '-' ? -1 : 1);
}
