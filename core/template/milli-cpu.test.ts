import fc from 'fast-check';
import { Expression } from './expression';
import { CPU_PATTERN, milliCpu, readMilliCpu, UNKNOWN_CPU } from './milli-cpu';
import { NODE, Node, Owner } from './nodes';
import type { Shape } from './shape';

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

const given = (type: 'string' | 'integer', optional: boolean) =>
  new Expression<string>(
    new Node({ op: 'value', owner: new Owner('values', -1, ''), path: ['cpu'], optional }, { type } as Shape),
  );

test('an amount that is not known yet is an integer of the chart, with the bounds that it can have', () => {
  const { op, shape } = milliCpu(given('string', false))[NODE];
  expect(op).toMatchObject({ op: 'milliCpu', arg: { op: { path: ['cpu'] } } });
  // A smaller lower bound would say that an unknown amount cannot come.
  expect(shape).toEqual({ type: 'integer', min: UNKNOWN_CPU, max: 1e9 });
  expect(milliCpu('250m')).toBe(250);
});

test.each([
  ['one that may be absent', given('string', true), 'an optional string value cpu'],
  ['one that is no text', given('integer', false), 'an integer value cpu'],
])('%s is refused, with a way out', (_what, amount, found) => {
  expect(() => milliCpu(amount)).toThrow(
    expect.objectContaining({
      code: 'WRONG_USE',
      where: 'milliCpu',
      found,
      expected: 'a text that is always there',
      remedy: expect.stringContaining('.orElse('),
    }),
  );
});
