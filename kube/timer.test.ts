import { getEventListeners } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onAbort, pause, startTimer } from './timer';

test('a time beyond what a timer can be set to does not fire at once', async () => {
  const fired = jest.fn();
  const stops = [2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY].map((ms) =>
    startTimer(ms, fired),
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(fired).not.toHaveBeenCalled();
  for (const stop of stops) stop();
});

test('a long time is reached in steps, and not before', () => {
  jest.useFakeTimers();
  try {
    const fired = jest.fn();
    startTimer(2 ** 31 + 5_000, fired);
    jest.advanceTimersByTime(2 ** 31 + 4_000);
    expect(fired).not.toHaveBeenCalled();
    jest.advanceTimersByTime(2_000);
    expect(fired).toHaveBeenCalledTimes(1);
  } finally {
    jest.useRealTimers();
  }
});

test('a timer that was stopped does not fire', async () => {
  const fired = jest.fn();
  startTimer(5, fired)();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(fired).not.toHaveBeenCalled();
});

test('a pause ends with its signal and leaves no listener', async () => {
  const abort = new AbortController();
  const long = pause(1_000_000, abort.signal);
  const short = pause(1, abort.signal);
  await short;
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
  abort.abort();
  await long;
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  await pause(1_000_000, abort.signal);
});

test('a listener hears an abort once, also one that was before it, and not after it was forgotten', () => {
  const abort = new AbortController();
  const [heard, forgotten, late] = [jest.fn(), jest.fn(), jest.fn()];
  onAbort(abort.signal, heard);
  onAbort(abort.signal, forgotten)();
  abort.abort();
  onAbort(abort.signal, late);
  // Anyone who holds a signal may dispatch its event once more.
  abort.signal.dispatchEvent(new Event('abort'));
  expect(heard).toHaveBeenCalledTimes(1);
  expect(forgotten).not.toHaveBeenCalled();
  expect(late).toHaveBeenCalledTimes(1);
});

test('many listeners on one signal are no warning', async () => {
  const warned = jest.fn();
  process.on('warning', warned);
  const abort = new AbortController();
  for (let index = 0; index < 12; index += 1) onAbort(abort.signal, () => {});
  await new Promise(setImmediate);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});

test('onAbort is the one way to listen to an abort in kube/, sandbox/ and the command line', () => {
  const root = path.resolve(__dirname, '..');
  const files = ['kube', 'sandbox', 'cli'].flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${room}/${file}`,
    ),
  );
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const listening = sources.filter((file) =>
    /addEventListener\(\s*'abort'/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(listening).toEqual(['kube/timer.ts']);
});
