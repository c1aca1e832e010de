// What the first run, of the code as it is, says of each test file: its titles, and how long it took.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

function factsFile(testPath) {
  const name = createHash('sha256').update(testPath).digest('hex');
  return join(process.env.DRYDOCK_MUTANTS_TITLES, `${name}.json`);
}

function factsOf(testPath) {
  const file = factsFile(testPath);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

module.exports = {
  /** Keeps the facts of a file. What fails already is unfit to judge a change: it reads the text of the code itself. */
  remember(testPath, { testResults }, ms) {
    const titles = testResults.map(({ fullName }) => fullName);
    const failed = testResults.filter(({ status }) => status === 'failed');
    const unfit = failed.map(({ fullName }) => fullName);
    const why = failed.map(({ failureMessages }) => failureMessages.join('\n'));
    writeFileSync(factsFile(testPath), JSON.stringify({ titles, unfit, why, ms }));
  },
  isAsked(testPath, pattern) {
    const facts = factsOf(testPath);
    if (!pattern || !facts) return true;
    const asked = new RegExp(pattern, 'i');
    return facts.titles.some((title) => asked.test(title));
  },
  hasUnfit: (testPath) => (factsOf(testPath)?.unfit.length ?? 0) > 0,
  /** The result as if the unfit tests had not run. */
  withoutUnfit(testPath, result) {
    const unfit = new Set(factsOf(testPath)?.unfit);
    const isUnfit = ({ fullName, status }) => status === 'failed' && unfit.has(fullName);
    const failedUnfit = result.testResults.filter(isUnfit).length;
    if (failedUnfit === 0) return result;
    return {
      ...result,
      failureMessage: null,
      numFailingTests: result.numFailingTests - failedUnfit,
      numPendingTests: result.numPendingTests + failedUnfit,
      testResults: result.testResults.map((one) =>
        isUnfit(one) ? { ...one, status: 'pending', failureMessages: [] } : one,
      ),
    };
  },
  msOf: (testPath) => factsOf(testPath)?.ms ?? 0,
};
