import { setTimeout as wait } from 'node:timers/promises';
import { QuietPolls, type Shared } from './quiet-polls';

const EVERY_MS = 5;
const BLINK_MS = 10 * EVERY_MS;

/** What is asked and who is woken. */
function polling() {
  const woken: string[] = [];
  const restless = new Set<string>();
  const polls = new QuietPolls({ isQuiet: (key) => !restless.has(key), wake: (key) => woken.push(key) });
  const asked = { times: 0 };
  let answer: () => Promise<boolean> = async () => true;
  const shared = (id = 'one', everyMs = EVERY_MS): Shared => ({
    ...{ id, everyMs },
    isSame: () => {
      asked.times += 1;
      return answer();
    },
  });
  return { polls, woken, restless, asked, shared, answerWith: (next: typeof answer) => (answer = next) };
}

async function until(happened: () => boolean): Promise<void> {
  for (const began = performance.now(); !happened(); await wait(1))
    if (performance.now() - began > 30_000) throw new Error(`never: ${happened}`);
}

test('many who follow the same are asked for once, and nobody is woken while it is the same', async () => {
  const { polls, woken, asked, shared } = polling();
  for (let count = 0; count < 100; count += 1) polls.add(`team/${count}`, shared());
  await until(() => asked.times >= 3);
  expect([woken, asked.times < 30]).toEqual([[], true]);
  polls.stop();
  const { times } = asked;
  await wait(BLINK_MS);
  expect(asked.times).toBe(times);
});

test.each([
  ['it is another commit', async () => false],
  ['it cannot be asked', () => Promise.reject(new Error('away'))],
])('where %s all who follow it are woken, once, and no others', async (_what, answer) => {
  const { polls, woken, asked, shared, answerWith } = polling();
  polls.add('a', shared());
  polls.add('b', shared());
  polls.add('c', shared('other', 60_000));
  answerWith(answer);
  await until(() => woken.length === 2);
  const { times } = asked;
  await wait(BLINK_MS);
  expect([woken, asked.times]).toEqual([['a', 'b'], times]);
  polls.stop();
});

test('who is no longer quiet is woken alone, and who was woken by others is not asked for', async () => {
  const { polls, woken, restless, asked, shared } = polling();
  for (const key of ['a', 'b', 'c']) polls.add(key, shared());
  restless.add('a');
  await until(() => woken.length === 1);
  polls.remove('b');
  restless.add('b');
  const { times } = asked;
  await until(() => asked.times > times + 2);
  expect(woken).toEqual(['a']);
  polls.remove('c');
  const last = asked.times;
  await wait(BLINK_MS);
  expect(asked.times).toBe(last);
});

test('whoever asks most often says how often', async () => {
  const { polls, woken, restless, asked, shared } = polling();
  polls.add('slow', shared('one', 60_000));
  polls.add('fast', shared());
  polls.add('later', shared('one', 60_000));
  await until(() => asked.times >= 2);
  restless.add('slow');
  await until(() => woken.length === 1);
  expect(woken).toEqual(['slow']);
  polls.stop();
});
