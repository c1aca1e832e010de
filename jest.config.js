// Two projects: `unit` needs nothing but Node; `real` needs the tools that `make test` sets up (helm, an API server, a cluster, the npm registry).
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
  setupFiles: ['<rootDir>/test/support/fixed-seed.js'],
};

module.exports = {
  reporters: ['<rootDir>/test/support/reporter.js'],
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'html'],
  collectCoverageFrom: [
    '{core,constructs,charts,kube,sandbox,cli,cluster}/**/*.ts',
    '!**/*.test.ts',
    '!**/testing-only/**',
  ],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.real\\.test\\.ts$'],
    },
    {
      ...shared,
      displayName: 'real',
      testMatch: ['<rootDir>/**/*.real.test.ts'],
      // One cluster for the whole run, ended with it.
      globalSetup: '<rootDir>/cluster/jest/global-setup.ts',
      globalTeardown: '<rootDir>/cluster/jest/global-teardown.ts',
    },
  ],
};
