import { checkCounts, checkMode, checkMs, checkSeconds } from './amounts';

const place = { where: 'here', sandboxId: 'sandbox-1' };
const refused = expect.objectContaining({ code: 'ArgumentInvalid', where: 'here', sandboxId: 'sandbox-1' });
const never = [Number.NaN, Number.POSITIVE_INFINITY, -1, '5', null, {}, true] as unknown as number[];

test.each([...never, 0, 2 ** 31])('%p is no duration', (ms) => {
  expect(() => checkMs(place, { timeoutMs: ms })).toThrow(refused);
});
test.each([undefined, 0.5, 1, 2 ** 31 - 1])('%p is a duration, or none', (ms) => {
  expect(() => checkMs(place, { timeoutMs: ms })).not.toThrow();
});

test.each([...never, 1.5, 2 ** 53])('%p is no count', (count) => {
  expect(() => checkCounts(place, { maxBytes: count })).toThrow(refused);
});
test.each([undefined, 0, 1, 2 ** 53 - 1])('%p is a count, or none', (count) => {
  expect(() => checkCounts(place, { maxBytes: count })).not.toThrow();
});

test.each([...never, 1.5, 0o1000])('%p is no mode', (mode) => {
  expect(() => checkMode(place, mode)).toThrow(refused);
});
test.each([undefined, 0, 0o777])('%p is a mode, or none', (mode) => {
  expect(() => checkMode(place, mode)).not.toThrow();
});

test.each([...never, 0, 1.5])('%p is no deadline', (seconds) => {
  expect(() => checkSeconds(place, 'ttl', seconds)).toThrow(refused);
});
test('a deadline is answered as it is', () => {
  expect(checkSeconds(place, 'ttl', 60)).toBe(60);
});
