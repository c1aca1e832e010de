module.exports = {
  preset: 'ts-jest',
  testEnvironment: 'node',
  // All test files share one cluster; these two name the run and stop the cluster at its end.
  globalSetup: '<rootDir>/test/global-setup.js',
  globalTeardown: '<rootDir>/test/global-teardown.js',
};
