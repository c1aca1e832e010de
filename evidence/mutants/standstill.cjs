// An endless loop of a mutant keeps every timer of its process from firing, and Stryker waits for as long as all tests that
// reach it take: minutes, where those are laws. A thread beside it sees that nothing moves any more and ends the process;
// Stryker begins another one, which then knows.
const { existsSync, mkdirSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Worker } = require('node:worker_threads');

/** Loading a large file on a busy machine takes some seconds. */
const LONGEST_MS = 30_000;

const WATCH = `
const { workerData: { beats, longestMs, folder } } = require('node:worker_threads');
const { mkdirSync } = require('node:fs');
let [last, since] = [-1, Date.now()];
setInterval(() => {
  const now = Atomics.load(beats, 0);
  if (now !== last) [last, since] = [now, Date.now()];
  else if (Date.now() - since > longestMs) {
    mkdirSync(require('node:path').join(folder, String(Atomics.load(beats, 1))), { recursive: true });
    process.kill(process.pid, 'SIGKILL');
  }
}, 500);
`;

const folder = join(dirname(process.env.DRYDOCK_MUTANTS_TITLES), 'stood-still');
const KEY = Symbol.for('drydock.standstill');

module.exports = {
  /** From now on the process may not stand still for long; what it runs is this mutant. */
  watch(mutant) {
    if (!process[KEY]) {
      mkdirSync(folder, { recursive: true });
      const beats = new Int32Array(new SharedArrayBuffer(8));
      process[KEY] = beats;
      setInterval(() => Atomics.add(beats, 0, 1), 200).unref();
      new Worker(WATCH, { eval: true, workerData: { beats, longestMs: LONGEST_MS, folder } }).unref();
    }
    Atomics.store(process[KEY], 1, Number(mutant));
  },
  /** Whether a process before this one stood still with it. */
  stoodStill: (mutant) => existsSync(join(folder, String(mutant))),
};
