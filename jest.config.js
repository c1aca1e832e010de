// `unit` needs nothing but Node; `real` needs the tools that `make test` sets up (helm, an API server, a cluster, the npm
// registry); `alone` is what compares the whole machine before and after, so that nothing else may run beside it;
// `versions` needs API servers of other Kubernetes versions, which `make versions` builds, and `make test` does not.
const shared = {
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/lib/',
    '<rootDir>/dist/',
    '<rootDir>/examples/',
    '/projects/',
  ],
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/examples/', '/projects/'],
  testEnvironment: 'node',
  // The programs import the package by its name: in tests of theirs it is the one that is here.
  moduleNameMapper: { '^cdk8s-drydock/sandbox$': '<rootDir>/sandbox/index.ts' },
  setupFiles: ['<rootDir>/test/support/own-storages.js', '<rootDir>/test/support/fixed-seed.js'],
};

// Clusters that tests share end with the run.
const onClusters = {
  globalSetup: '<rootDir>/cluster/jest/global-setup.ts',
  globalTeardown: '<rootDir>/cluster/jest/global-teardown.ts',
};

module.exports = {
  // For what hangs, not for what is slow on a busy machine.
  testTimeout: 60_000,
  reporters: ['<rootDir>/test/support/reporter.js'],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'html'],
  collectCoverageFrom: [
    '{errors,core,constructs,charts,kube,controller,deploy,sandbox,check,verify,gitops,harden,guardrails,cli,cluster}/**/*.ts',
    '!**/*.test.ts',
    '!**/testing-only/**',
  ],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      setupFiles: [...shared.setupFiles, '<rootDir>/test/support/no-clusters.js'],
      setupFilesAfterEnv: ['<rootDir>/test/support/errors-say-all.js'],
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.(real|versions)\\.test\\.ts$'],
    },
    {
      ...shared,
      ...onClusters,
      displayName: 'real',
      testMatch: ['<rootDir>/**/*.real.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.alone\\.real\\.test\\.ts$'],
    },
    { ...shared, ...onClusters, displayName: 'versions', testMatch: ['<rootDir>/**/*.versions.test.ts'] },
    { ...shared, ...onClusters, displayName: 'alone', testMatch: ['<rootDir>/**/*.alone.real.test.ts'] },
  ],
};
