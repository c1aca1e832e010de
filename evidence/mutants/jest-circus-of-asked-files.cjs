// Runs a test file only when one of its tests is asked for, and none after one that failed. Stryker asks by titles alone,
// so jest would load every file for each mutant to find that it has none of them. (The name has `jest-circus` in it
// because Stryker looks for that.)
const { hasUnfit, isAsked, msOf, remember, withoutUnfit } = require('./first-run.cjs');
const { stoodStill, watch } = require('./standstill.cjs');
const { default: circus } = require('jest-circus/runner');

const NOTHING = {
  failureMessage: null,
  leaks: false,
  numFailingTests: 0,
  numPassingTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  openHandles: [],
  perfStats: {
    end: 0,
    loadTestEnvironmentEnd: 0,
    loadTestEnvironmentStart: 0,
    runtime: 0,
    slow: false,
    start: 0,
  },
  setupFilesEnd: 0,
  setupFilesStart: 0,
  skipped: true,
  snapshot: {
    added: 0,
    fileDeleted: false,
    matched: 0,
    unchecked: 0,
    uncheckedKeys: [],
    unmatched: 0,
    updated: 0,
  },
  // jest makes an error of a file without a test.
  testResults: [
    {
      ancestorTitles: [],
      duration: 0,
      failureDetails: [],
      failureMessages: [],
      fullName: '(not asked)',
      numPassingAsserts: 0,
      status: 'pending',
      title: '(not asked)',
    },
  ],
};

/** It was seen to end nothing any more. */
function failed(testFilePath) {
  const [one] = NOTHING.testResults;
  const testResults = [
    { ...one, status: 'failed', failureMessages: ['it stood still'], title: '(stood still)' },
  ];
  return { ...NOTHING, testFilePath, testResults, numFailingTests: 1, numPendingTests: 0, skipped: false };
}

/**
 * A test that failed has killed the mutant: those after it in the file, which may hang one by one, are skipped. One that
 * takes three times as long as all of its file did is not waited for.
 */
function endAtFirstFailure(environment, testPath) {
  const handle = environment.handleTestEvent?.bind(environment);
  const longestMs = Math.max(10_000, 3 * msOf(testPath));
  environment.handleTestEvent = async (event, state) => {
    // What a hook waits for may hang as well.
    const begun = { test_start: event.test, hook_start: event.hook }[event.name];
    if (begun) begun.timeout = Math.min(begun.timeout ?? state.testTimeout, longestMs);
    if (event.name === 'test_done' && event.test.errors.length > 0) state.testNamePattern = /(?!)/;
    await handle?.(event, state);
  };
}

/** The mutant that a file has killed already: the files after it need not run. */
let killed;

module.exports = async (globalConfig, config, environment, runtime, testPath, ...more) => {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  if (mutant !== undefined && (mutant === killed || !isAsked(testPath, globalConfig.testNamePattern))) {
    return { ...NOTHING, testFilePath: testPath };
  }
  if (mutant !== undefined) {
    watch(mutant);
    if (stoodStill(mutant)) {
      killed = mutant;
      return failed(testPath);
    }
  }
  if (mutant !== undefined && !hasUnfit(testPath)) endAtFirstFailure(environment, testPath);
  const startedAt = performance.now();
  const whole = await circus(globalConfig, config, environment, runtime, testPath, ...more);
  if (mutant === undefined) remember(testPath, whole, performance.now() - startedAt);
  const result = withoutUnfit(testPath, whole);
  if (mutant !== undefined && result.numFailingTests > 0) killed = mutant;
  return result;
};
