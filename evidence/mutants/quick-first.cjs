// A quick test that kills a mutant spares the slow ones after it.
const { default: Sequencer } = require('@jest/test-sequencer');
const { msOf } = require('./first-run.cjs');

module.exports = class QuickFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((one, other) => msOf(one.path) - msOf(other.path));
  }
};
