/**
 * Compares sandboxes with what people do today, in one run on one embedded cluster, and writes the tables into
 * docs/benchmarks.md with a plot each for commands and starts.
 *
 *     npx tsx bench/sandbox/main.ts [--only fast|cold|warm|copy|checkpoint] [--rounds N] [--print]
 *
 * `--rounds` takes the place of 2,000 commands, 100 starts, 40 warm claims, 15 copies or 7 checkpoints; `--print` writes nothing but the terminal.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withBlock } from '../../scripts/generated-block';
import { type Line, plot } from '../synth/plot';
import { checkpoint } from './checkpoint';
import { cold } from './cold';
import { copy } from './copy';
import { fast } from './fast';
import { type BenchPlace, withPlace } from './place';
import { warm } from './warm';

const docs = path.join(__dirname, '..', '..', 'docs');

interface Part {
  readonly rounds: number;
  readonly plotted?: string;
  run(place: BenchPlace, rounds: number): Promise<{ readonly text: string; readonly lines: readonly Line[] }>;
}

const PARTS: Readonly<Record<string, Part>> = {
  fast: { rounds: 2000, plotted: 'Commands at once in one sandbox', run: fast },
  cold: { rounds: 100, plotted: 'Starts at once', run: cold },
  warm: { rounds: 40, plotted: 'Claims at once', run: warm },
  copy: { rounds: 15, run: async (place, rounds) => ({ text: await copy(place, rounds), lines: [] }) },
  checkpoint: {
    rounds: 7,
    run: async (place, rounds) => ({ text: await checkpoint(place, rounds), lines: [] }),
  },
};

function heading(name: string): string {
  const day = new Date().toISOString().slice(0, 10);
  const [cpu] = cpus();
  return `\`npx tsx bench/sandbox/main.ts --only ${name}\`, Node ${process.version}, ${cpus().length} CPUs (${cpu?.model}), load ${loadavg()[0]?.toFixed(1)}, ${day}.`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      print: { type: 'boolean', default: false },
    },
  });
  const chosen = Object.entries(PARTS).filter(([name]) => values.only?.includes(name) ?? true);
  if (chosen.length === 0) throw new Error(`no such part; there are ${Object.keys(PARTS).join(', ')}`);
  await withPlace(async (place) => {
    for (const [name, part] of chosen) {
      const { text, lines } = await part.run(place, Number(values.rounds ?? part.rounds));
      const picture = `benchmarks-sandbox-${name}.svg`;
      const image = part.plotted ? ['', `![milliseconds, p50, both axes logarithmic](${picture})`] : [];
      const block = [heading(name), '', text, ...image].join('\n');
      process.stdout.write(`${block}\n\n`);
      if (values.print) continue;
      const file = path.join(docs, 'benchmarks.md');
      writeFileSync(file, withBlock(readFileSync(file, 'utf8'), `sandbox-${name}`, block));
      if (part.plotted) {
        writeFileSync(path.join(docs, picture), plot(part.plotted, 'at once', 'ms, p50', lines));
      }
    }
  });
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
