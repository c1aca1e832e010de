import { literalLaw } from './literal-law';

jest.setTimeout(600_000);

const PROGRAMS = 1_000;

test(`${PROGRAMS} programs mean the same with expressions and, by stock cdk8s, with literals`, () => {
  const { programs, equal, refused } = literalLaw(PROGRAMS, 5);
  expect(programs).toBe(PROGRAMS);
  const refusals = [...refused.values()].reduce((sum, count) => sum + count, 0);
  expect(equal + refusals).toBe(PROGRAMS);
  expect(refusals / PROGRAMS).toBeLessThanOrEqual(0.1);
});

test('programs with subcharts mean the same, conditions, tags, globals and aliases applied', () => {
  const { programs, equal, refused } = literalLaw(250, 6, 'umbrellas');
  expect(programs).toBe(250);
  const refusals = [...refused.values()].reduce((sum, count) => sum + count, 0);
  expect(equal + refusals).toBe(250);
  expect(refusals / programs).toBeLessThanOrEqual(0.2);
});
