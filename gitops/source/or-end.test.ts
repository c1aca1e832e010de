import { orEnd } from './or-end';

/** After how many Node warns, 0 for never: its `getMaxListeners` knows no signal of the world in which tests run. */
function mostListenersOf(signal: AbortSignal): unknown {
  const name = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === 'events.maxEventTargetListeners',
  );
  return (signal as unknown as Record<symbol, unknown>)[name!];
}

test('as many as there are workers wait with one signal, of which Node does not warn as of a leak', async () => {
  const { signal } = new AbortController();
  const answers = Array.from({ length: 32 }, () => orEnd(Promise.resolve('commit'), signal));
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 32 }, () => 'commit'));
  expect(mostListenersOf(signal)).toBe(0);
});

test('who ends hears of it at once, and who waits for the same answer has it', async () => {
  const ending = new AbortController();
  let answer = (_commit: string) => {};
  const asked = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const other = orEnd(asked, new AbortController().signal);
  const own = orEnd(asked, ending.signal);
  ending.abort(new Error('the term is over'));
  await expect(own).rejects.toThrow('the term is over');
  await expect(orEnd(asked, ending.signal)).rejects.toThrow('the term is over');
  answer('commit');
  expect(await other).toBe('commit');
});
