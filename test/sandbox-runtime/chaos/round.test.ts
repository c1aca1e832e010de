import { breachesOf, type Row } from './round';

const clean: Row = {
  ...{ fault: 'none', way: 'warm', injections: 20, saw: { 'exited 0': 20 }, toldMs: [120], fullAgainMs: 900 },
  ...{ doubleClaims: [], ranTwice: [], orphans: [], wrongSuccesses: [] },
};

test('a row in which nothing is wrong is no breach', () => {
  expect(breachesOf(clean, 20)).toEqual([]);
});

test.each<[string, Partial<Row>]>([
  ['double claims: one', { doubleClaims: ['one'] }],
  ['run twice: one', { ranTwice: ['one'] }],
  ['orphans: one', { orphans: ['one'] }],
  ['wrong successes: one', { wrongSuccesses: ['one'] }],
  ['the pool is not full again', { fullAgainMs: undefined }],
  ['injected 19 times, not 20', { injections: 19 }],
])('%s', (breach, change) => {
  expect(breachesOf({ ...clean, ...change }, 20)).toEqual([breach]);
});
