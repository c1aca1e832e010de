import { getEventListeners } from 'node:events';
import type { Connection } from './connection';
import { limitOf, withinLimit } from './limit';
import { expectFourFacts } from './testing-only/failure';
import { connectTo } from './testing-only/scripted-server';

let connection: Connection;
beforeEach(() => {
  jest.useFakeTimers();
  connection = connectTo('http://127.0.0.1:1');
});
afterEach(() => {
  connection.close();
  jest.useRealTimers();
});

test('a limit is over at its deadline and not before, and then says which deadline it was', () => {
  const limit = limitOf(connection, undefined, 50, 'GET /x');
  expect(limit.until).toBe(Date.now() + 50);
  jest.advanceTimersByTime(49);
  expect([limit.signal.aborted, limit.why()]).toEqual([false, undefined]);
  jest.advanceTimersByTime(1);
  expect(limit.signal.aborted).toBe(true);
  const why = expectFourFacts(limit.why()!);
  expect(why).toMatchObject({ code: 'DEADLINE_EXCEEDED', where: 'GET /x', effect: 'none' });
  expect(why.expected).toContain('50 ms');
});

test('what was sent may have been done, whatever ended the wait', () => {
  const abort = new AbortController();
  const limits = [limitOf(connection, undefined, 50, 'x'), limitOf(connection, abort.signal, undefined, 'x')];
  const closing = limitOf(connection, undefined, undefined, 'x');
  for (const limit of [...limits, closing]) limit.sent = true;
  jest.advanceTimersByTime(50);
  abort.abort();
  connection.close();
  expect([...limits, closing].map((limit) => [limit.why()!.code, limit.why()!.effect])).toEqual([
    ['DEADLINE_EXCEEDED', 'unknown'],
    ['ABORTED', 'unknown'],
    ['CLOSED', 'unknown'],
  ]);
});

test('the first end is the reason that stays', () => {
  const abort = new AbortController();
  const limit = limitOf(connection, abort.signal, 50, 'x');
  abort.abort();
  jest.advanceTimersByTime(50);
  connection.close();
  expect(limit.why()).toMatchObject({ code: 'ABORTED' });
});

test('a connection that is closed ends a limit at once, and nothing was done', () => {
  connection.close();
  const limit = limitOf(connection, undefined, 50, 'GET /x');
  expect(limit.signal.aborted).toBe(true);
  expect(expectFourFacts(limit.why()!)).toMatchObject({ code: 'CLOSED', where: 'GET /x', effect: 'none' });
});

test('a limit that was cleared has no timer, no listener, and no end', () => {
  const abort = new AbortController();
  const limit = limitOf(connection, abort.signal, 50, 'x');
  limit.clear();
  expect(jest.getTimerCount()).toBe(0);
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  expect(getEventListeners(connection.closing, 'abort')).toHaveLength(0);
  abort.abort();
  expect(limit.why()).toBeUndefined();
});

test('without a deadline there is none', () => {
  const limit = limitOf(connection, undefined, undefined, 'x');
  expect(limit.until).toBeUndefined();
  expect(jest.getTimerCount()).toBe(0);
});

test('work within a limit answers as it does, or ends with the limit, and leaves no listener', async () => {
  const limit = limitOf(connection, undefined, 50, 'x');
  expect(await withinLimit(Promise.resolve(5), limit)).toBe(5);
  await expect(withinLimit(Promise.reject(new Error('own')), limit)).rejects.toThrow('own');
  expect(getEventListeners(limit.signal, 'abort')).toHaveLength(0);
  const endless = expect(withinLimit(new Promise(() => {}), limit)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
  jest.advanceTimersByTime(50);
  await endless;
});
