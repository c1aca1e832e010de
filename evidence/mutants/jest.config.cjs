// The unit project for Stryker, which takes no projects and runs jest anew for each mutant; and named tests of other
// projects, where they hold what the code means.
const [unit, real] = require('../../jest.config.js').projects;

const { displayName, setupFiles, setupFilesAfterEnv, ...shared } = unit;
const { tests, laws } = JSON.parse(process.env.DRYDOCK_MUTANTS_TESTS);
const ofUnit = tests.map((glob) => glob.replace('*.test.ts', '!(*.real|*.versions).test.ts'));

module.exports = {
  ...shared,
  rootDir: process.cwd(),
  testMatch: [...ofUnit, ...laws].map((glob) => `<rootDir>/${glob}`),
  testPathIgnorePatterns: unit.testPathIgnorePatterns.filter((pattern) => !pattern.includes('real')),
  testSequencer: '<rootDir>/evidence/mutants/quick-first.cjs',
  testRunner: '<rootDir>/evidence/mutants/jest-circus-of-asked-files.cjs',
  // Not `setupFiles`: those are loaded for the files too that are then left out.
  // What forbids clusters is for unit tests; the real thing may be one.
  setupFilesAfterEnv: [...(laws.length > 0 ? real.setupFiles : setupFiles), ...setupFilesAfterEnv],
  testTimeout: 60_000,
  ...(laws.length > 0 && { globalSetup: real.globalSetup, globalTeardown: real.globalTeardown }),
};
