import { figureOf, page, shownBy, specifications } from './page';

test('every row is met or says why it is open, and what shows it is there', () => {
  const rows = specifications.flatMap((one) => one.rows);
  for (const { says, met, open } of rows) {
    expect([says, (met === undefined) !== (open === undefined)]).toEqual([says, true]);
  }
  expect(page()).toContain(`${rows.length} rows`);
});

test('a row that names what is not there is found', () => {
  const says = 'something';
  expect(() => shownBy({ says, by: ['no/such.test.ts'] })).toThrow('"something" names no/such.test.ts');
  const here = 'evidence/specifications/page.test.ts';
  expect(() => shownBy({ says, by: ['README.md', 'no such title'] })).toThrow('no such title');
  expect(shownBy({ says, by: [here, 'a row that names what is not there'] })).toContain(here);
  expect(() => figureOf({ says, measured: ['benchmarks.md', /(no such figure)!/] })).toThrow(
    'names a figure',
  );
});
