import fc from 'fast-check';
import { CPU_PATTERN, readMilliCpu, UNKNOWN_CPU } from './milli-cpu';

const digits = fc.stringMatching(/^[0-9]{1,4}$/);
const anyAmount = fc.oneof(
  digits,
  digits.map((whole) => `${whole}m`),
  fc.tuple(digits, digits).map(([whole, part]) => `${whole}.${part}`),
);

test.each(['0', '0m', '0.0', '0.00', '0.000', '00', '000.000', '-1', '-1m', ''])(
  '%j is no amount of CPU: a limit of zero is no limit',
  (text) => expect(readMilliCpu(text)).toBe(UNKNOWN_CPU),
);

test.each([
  ['1m', 1],
  ['0.001', 1],
  ['0.01', 10],
  ['0.010', 10],
  ['0.1', 100],
  ['1', 1000],
  ['99999.999', 99_999_999],
  ['999999999m', 999_999_999],
])('%s is %i thousandths', (text, thousandths) => expect(readMilliCpu(text)).toBe(thousandths));

test('what the pattern admits is above zero, and it admits every amount above zero in its plain form', () => {
  fc.assert(
    fc.property(anyAmount, (text) => {
      const amount = Number(text.replace('m', '')) * (text.endsWith('m') ? 1 : 1000);
      const isPlain = /^(0|[1-9][0-9]*)(\.[0-9]{1,3})?$|^[1-9][0-9]*m$/.test(text);
      expect(new RegExp(CPU_PATTERN).test(text)).toBe(isPlain && amount > 0);
    }),
  );
});
