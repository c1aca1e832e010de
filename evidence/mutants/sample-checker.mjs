// Lets a sample of the mutants through, the same one for the same seed. Each mutant has its place by a hash of the seed,
// its file and what is changed into what, so that a line that moves moves nothing else. Those that only run while a file
// loads do not come here (`ignoreStatic`), so the sample is of those that can be asked.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

class SampleChecker {
  #passed = new Set();

  constructor({ mutants: { seed, sample } }) {
    this.seed = seed;
    this.sample = sample;
  }

  async init() {}

  /** Hears of all at once, before any is checked. */
  group(mutants) {
    const met = new Map();
    const ranked = mutants.map((mutant) => {
      const key = this.#keyOf(mutant);
      met.set(key, (met.get(key) ?? 0) + 1);
      const rank = createHash('sha256')
        .update(`${this.seed} ${key} ${met.get(key)}`)
        .digest('hex');
      return { id: mutant.id, rank };
    });
    ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
    this.#passed = new Set(ranked.slice(0, this.sample).map(({ id }) => id));
    return [mutants.map(({ id }) => id)];
  }

  check(mutants) {
    const verdict = ({ id }) =>
      this.#passed.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]));
  }

  #keyOf({ fileName, location: { start, end }, mutatorName, replacement }) {
    const lines = readFileSync(fileName, 'utf8')
      .split('\n')
      .slice(start.line, end.line + 1);
    lines[lines.length - 1] = lines.at(-1).slice(0, end.column);
    lines[0] = lines[0].slice(start.column);
    return [relative(process.cwd(), fileName), mutatorName, lines.join('\n'), replacement].join(' ');
  }
}

const factory = (options) => new SampleChecker(options);
factory.inject = ['options'];

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory }];
