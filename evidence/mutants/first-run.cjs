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
  remember(testPath, { testResults }, ms) {
    const titles = testResults.map(({ fullName }) => fullName);
    writeFileSync(factsFile(testPath), JSON.stringify({ titles, ms }));
  },
  isAsked(testPath, pattern) {
    const facts = factsOf(testPath);
    if (!pattern || !facts) return true;
    const asked = new RegExp(pattern, 'i');
    return facts.titles.some((title) => asked.test(title));
  },
  msOf: (testPath) => factsOf(testPath)?.ms ?? 0,
};
