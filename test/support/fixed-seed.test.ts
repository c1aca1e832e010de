import type * as FastCheck from 'fast-check';

const { CI } = process.env;

afterEach(() => {
  if (CI === undefined) delete process.env.CI;
  else process.env.CI = CI;
});

/** fast-check as a test file sees it: the set-up ran before in the same modules. */
function setUp(): typeof FastCheck {
  jest.resetModules();
  require('./fixed-seed.js');
  return require('fast-check');
}

/** What a property without a seed draws first. */
function drawn(fc: typeof FastCheck): number[] {
  const numbers: number[] = [];
  fc.assert(
    fc.property(fc.integer(), (number) => {
      numbers.push(number);
    }),
    { numRuns: 20 },
  );
  return numbers;
}

test('with CI=true a property draws the same each time', () => {
  process.env.CI = 'true';
  expect(drawn(setUp())).toEqual(drawn(setUp()));
});

test('elsewhere it draws anew', () => {
  delete process.env.CI;
  expect(drawn(setUp())).not.toEqual(drawn(setUp()));
});

test('a failure tells the seed', () => {
  const fc = setUp();
  expect(() => fc.assert(fc.property(fc.integer(), () => false))).toThrow(/seed: -?\d+/);
});

test('it is the set-up of every test file', () => {
  const { projects } = require('../../jest.config.js') as { projects: { setupFiles: string[] }[] };
  for (const { setupFiles } of projects) expect(setupFiles).toContain('<rootDir>/test/support/fixed-seed.js');
});
