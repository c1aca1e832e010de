import { checkCount, checkMs } from './amounts';
import { Connection } from './connection';
import { connectTo } from './testing-only/scripted-server';

test.each([1, 0.5, 2 ** 31 - 1, undefined])('%p ms are taken', (ms) => {
  expect(() => checkMs('x', { deadlineMs: ms })).not.toThrow();
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5', null, {}, true])(
  '%p ms are refused',
  (ms) => {
    expect(() => checkMs('GET /x', { deadlineMs: ms as number })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', where: 'GET /x deadlineMs' }),
    );
  },
);

test.each([1, 7, Number.MAX_SAFE_INTEGER, undefined])('a count of %p is taken', (count) => {
  expect(() => checkCount('x', 1, { maxCalls: count })).not.toThrow();
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])(
  'a count of %p is refused',
  (count) => {
    expect(() => checkCount('x', 1, { maxCalls: count as number })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID', where: 'x maxCalls' }),
    );
  },
);

test('a connection rejects invalid amounts, and takes the others', () => {
  expect(() => new Connection({ deadlineMs: Number.NaN })).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
  );
  expect(() => new Connection({ maxCalls: 0 })).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
  );
  const connection = connectTo('http://127.0.0.1:1', { deadlineMs: 5, maxCalls: 1 });
  expect(connection.deadlineMs).toBe(5);
  connection.close();
});
