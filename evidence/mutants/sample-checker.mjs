// Lets a sample of the mutants through, the same one for the same seed. Each mutant has its place by a hash of the seed,
// its file and what is changed into what, so that a line that moves moves nothing else. Those that only run while a file
// loads do not come here (`ignoreStatic`), so the sample is of those that can be asked.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

class SampleChecker {
  #passed = new Set();

  constructor({ mutants: { seed, from, sample, only } }) {
    this.seed = seed;
    this.from = from;
    this.sample = sample;
    this.only = only && new Set(only);
  }

  async init() {}

  /** Hears of all at once, before any is checked. */
  group(mutants) {
    const named = this.only ? mutants.filter((mutant) => this.only.has(this.#nameOf(mutant))) : [];
    const ids = [...named, ...this.#ranked(mutants).slice(this.from + named.length, this.sample)];
    this.#passed = new Set(ids.map(({ id }) => id));
    return [mutants.map(({ id }) => id)];
  }

  #ranked(mutants) {
    const met = new Map();
    const ranked = mutants.map((mutant) => {
      const key = this.#keyOf(mutant);
      met.set(key, (met.get(key) ?? 0) + 1);
      const rank = createHash('sha256')
        .update(`${this.seed} ${key} ${met.get(key)}`)
        .digest('hex');
      return { id: mutant.id, rank };
    });
    return ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1));
  }

  check(mutants) {
    const verdict = ({ id }) =>
      this.#passed.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]));
  }

  #keyOf({ fileName, location, mutatorName, replacement }) {
    return [relative(process.cwd(), fileName), mutatorName, was(fileName, location), replacement].join(' ');
  }

  /** As `nameOf` of run.ts has it. */
  #nameOf({ fileName, location, replacement }) {
    const place = `${relative(process.cwd(), fileName)}:${location.start.line + 1}`;
    return [place, was(fileName, location), replacement].join(' ');
  }
}

/** What a mutant changes. */
function was(fileName, { start, end }) {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column);
  lines[0] = lines[0].slice(start.column);
  return lines.join('\n');
}

const factory = (options) => new SampleChecker(options);
factory.inject = ['options'];

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory }];
