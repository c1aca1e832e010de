import { Guesses, type Turn } from './guesses';

let guesses: Guesses;
/** Whose turn it has been, in order, and how to end it. */
let turns: { readonly name: string; readonly turn: Turn }[];

beforeEach(() => {
  jest.useFakeTimers();
  guesses = new Guesses();
  turns = [];
});
afterEach(() => jest.useRealTimers());

function asking(name: string): AbortController {
  const told = new AbortController();
  void guesses.turn(told.signal).then((turn) => turns.push({ name, turn }));
  return told;
}
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const names = () => turns.map(({ name }) => name).join('');
const last = () => turns.at(-1)!.turn;

test('one asks at a time, in turn, and after a wrong guess nobody for four times as long as it took', async () => {
  for (const name of 'abc') asking(name);
  await pass(30);
  expect(names()).toBe('a');
  last().over();
  await pass(119);
  expect(names()).toBe('a');
  await pass(2);
  expect(names()).toBe('ab');
  asking('a');
  last().over();
  await pass(20);
  expect(names()).toBe('abc');
  last().over();
  await pass(100);
  expect(names()).toBe('abca');
});

test('after a right one the next is asked for at once', async () => {
  for (const name of 'ab') asking(name);
  await pass(100);
  last().wasRight();
  await pass(0);
  expect(names()).toBe('ab');
});

test('one that takes long holds up nobody', async () => {
  for (const name of 'ab') asking(name);
  await pass(250 + 999);
  expect(names()).toBe('a');
  await pass(2);
  expect(names()).toBe('ab');
  // What the first says when it comes to its end is no matter any more.
  turns[0]!.turn.over();
  turns[0]!.turn.wasRight();
  asking('c');
  await pass(240);
  expect(names()).toBe('ab');
});

test('who is told meanwhile asks at once, and takes the turn of nobody', async () => {
  asking('a');
  const told = asking('b');
  asking('c');
  await pass(0);
  told.abort();
  await pass(0);
  expect(names()).toBe('ab');
  last().over();
  await pass(40);
  expect(names()).toBe('ab');
  turns[0]!.turn.over();
  await pass(161);
  expect(names()).toBe('abc');
});

test('what is told before needs no turn, and no timer is left where nobody waits', async () => {
  await guesses.turn(AbortSignal.abort());
  const one = asking('a');
  await pass(100);
  last().over();
  const other = asking('b');
  expect(jest.getTimerCount()).toBe(1);
  other.abort();
  one.abort();
  expect(jest.getTimerCount()).toBe(0);
});
