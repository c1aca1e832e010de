import { inParallel } from './in-parallel';

const numbers = (count: number) => [...Array(count).keys()];

test('the answers are in the order of what was given, however long each takes', async () => {
  const answers = await inParallel(numbers(200), async (one) => {
    for (let turn = 0; turn < (one * 7) % 11; turn += 1) await undefined;
    return one * 2;
  });
  expect(answers).toEqual(numbers(200).map((one) => one * 2));
  expect(await inParallel([], async () => 1)).toEqual([]);
});

test('forty-eight are done at once, and never more', async () => {
  let [now, most] = [0, 0];
  await inParallel(numbers(200), async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
  });
  expect(most).toBe(48);
});

test('the first failure is told, and nothing new is begun', async () => {
  const begun: number[] = [];
  const running = inParallel(numbers(500), async (one) => {
    begun.push(one);
    await new Promise(setImmediate);
    if (one === 10) throw new Error('the tenth');
  });
  await expect(running).rejects.toThrow('the tenth');
  await new Promise(setImmediate);
  expect(begun.length).toBeLessThan(97);
});
