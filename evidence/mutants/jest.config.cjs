// The unit project alone, for Stryker: it takes no projects, and it runs jest anew for each mutant.
const [unit] = require('../../jest.config.js').projects;

const { displayName, setupFiles, ...shared } = unit;

module.exports = {
  ...shared,
  rootDir: process.cwd(),
  testMatch: JSON.parse(process.env.DRYDOCK_MUTANTS_TESTS).map((glob) => `<rootDir>/${glob}`),
  testSequencer: '<rootDir>/evidence/mutants/quick-first.cjs',
  testRunner: '<rootDir>/evidence/mutants/jest-circus-of-asked-files.cjs',
  // Not `setupFiles`: those are loaded for the files too that are then left out.
  setupFilesAfterEnv: setupFiles,
  testTimeout: 60_000,
};
