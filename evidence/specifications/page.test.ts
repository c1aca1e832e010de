import { figureOf, metBy, page, shownBy, specifications } from './page';

test('every row is met, says why it is open, or which decision leaves it out, and what shows it is there', () => {
  const rows = specifications.flatMap((one) => one.rows);
  for (const { says, met, open, leftOut } of rows) {
    const answers = [met, open, leftOut].filter((one) => one !== undefined);
    expect([says, answers.length]).toEqual([says, 1]);
  }
  expect(page()).toContain(`${rows.length} rows`);
});

test('a row that names what is not there is found', () => {
  const says = 'something';
  expect(() => shownBy({ says, by: ['no/such.test.ts'] })).toThrow('"something" names no/such.test.ts');
  const here = 'evidence/specifications/page.test.ts';
  expect(() => shownBy({ says, by: ['README.md', 'no such title'] })).toThrow('no such title');
  expect(shownBy({ says, by: [here, 'a row that names what is not there'] })).toContain(here);
  expect(() => metBy({ says, leftOut: ['docs/decisions/no-such.md', 'nothing'] })).toThrow('no-such.md');
  expect(metBy({ says, leftOut: ['README.md', 'this'] })).toMatch(/^\*\*left out\*\* .*: this$/);
  expect(() => figureOf({ says, measured: ['benchmarks.md', /(no such figure)!/] })).toThrow(
    'names a figure',
  );
});
