import { interruptible } from './interruptible';

const listening = () => (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => process.listenerCount(name));

/** An act that ends as `how` says once it is told to. */
function until(how: 'resolves' | 'rejects') {
  return (signal: AbortSignal) =>
    new Promise<number>((resolve, reject) => {
      signal.addEventListener('abort', () => (how === 'resolves' ? resolve(0) : reject(signal.reason)));
    });
}

test('without a signal the act decides, and listeners are gone after it', async () => {
  const before = listening();
  expect(await interruptible(async () => 7)).toBe(7);
  await expect(
    interruptible(async () => {
      throw new Error('wrong');
    }),
  ).rejects.toThrow('wrong');
  expect(listening()).toEqual(before);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s aborts the act, and the exit code is that of a shell, %i, however it ends',
  async (name, code) => {
    const before = listening();
    for (const how of ['resolves', 'rejects'] as const) {
      const ended = interruptible(until(how));
      expect(listening()).toEqual(before.map((count) => count + 1));
      process.emit(name, name);
      // The next signal has its usual effect: the program ends at once.
      expect(listening()).toEqual(before);
      expect(await ended).toBe(code);
    }
  },
);
