import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withBlock } from '../../scripts/generated-block';
import { type Caught, catchMutant } from './catch-mutant';
import { LawEngine } from './engine';
import { LawBroken } from './generate/check-program';
import { runHelmLaw } from './generate/run-helm-law';
import type { Tally } from './generate/tally';
import { type LiteralCount, literalLaw } from './literal-law';
import { mutants } from './mutants';

/** `npm run law -- --cases 100000 --seed 7`: the laws at length, with what they went through. */

const PARTS = ['charts', 'umbrellas', 'literals', 'faults'] as const;
type Part = (typeof PARTS)[number];

const { values: options } = parseArgs({
  options: {
    /** Of charts, umbrellas, literals, faults; without it the laws, not the faults planted to be found by them. */
    only: { type: 'string', multiple: true, default: ['charts', 'umbrellas', 'literals'] },
    cases: { type: 'string', default: '10000' },
    /** Cases over umbrellas, which are larger. */
    umbrellas: { type: 'string', default: '2000' },
    programs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    /** No further case of a law is begun after so many minutes; the true number of cases is what is printed. */
    minutes: { type: 'string', default: '30' },
    /** Writes what ran into its place in docs/evidence/laws.md. */
    evidence: { type: 'boolean', default: false },
  },
});

const EVIDENCE = path.resolve(__dirname, '../../docs/evidence/laws.md');

async function main(): Promise<number> {
  const unknown = options.only.find((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown !== undefined) throw new Error(`--only takes ${PARTS.join(', ')}, not ${unknown}`);
  const seed = Number(options.seed ?? Math.floor(Math.random() * 1e9));
  const engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
  try {
    for (const part of PARTS.filter((one) => options.only.includes(one)))
      for (const [name, lines] of await run(part, engines, seed)) say(name, lines);
    return 0;
  } catch (error) {
    console.error(error instanceof LawBroken ? brokenText(error, seed) : error);
    return 1;
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
}

type Section = readonly [name: string, lines: readonly string[]];

async function run(part: Part, engines: readonly LawEngine[], seed: number): Promise<readonly Section[]> {
  const milliseconds = Number(options.minutes) * 60_000;
  const programs = Number(options.programs);
  switch (part) {
    case 'charts':
    case 'umbrellas': {
      const cases = Number(part === 'charts' ? options.cases : options.umbrellas);
      const { result, seconds } = await timed(() => helmLaw(engines, seed, part, cases, milliseconds));
      return [[`helm-law-${part}`, helmLines(result, seed, seconds)]];
    }
    case 'literals': {
      const plain = await timed(async () => literalLaw(programs, seed));
      const nested = await timed(async () => literalLaw(Math.ceil(programs / 5), seed, 'umbrellas'));
      return [
        ['literal-law-charts', literalLines(plain.result, seed, plain.seconds)],
        ['literal-law-umbrellas', literalLines(nested.result, seed, nested.seconds)],
      ];
    }
    case 'faults': {
      const { result, seconds } = await timed(() => plantFaults(engines.slice(0, 1), seed));
      return [['planted-faults', faultLines(result, seed, seconds)]];
    }
  }
}

function say(name: string, lines: readonly string[]): void {
  const text = lines.join('\n');
  console.log(`\n${name}\n\n${text}`);
  if (options.evidence) writeFileSync(EVIDENCE, withBlock(readFileSync(EVIDENCE, 'utf8'), name, text));
}

function helmLaw(
  engines: readonly LawEngine[],
  seed: number,
  of: 'charts' | 'umbrellas',
  cases: number,
  milliseconds: number,
): Promise<Tally> {
  const began = Date.now();
  let said = 0;
  const onProgress = (tally: Tally) => {
    if (tally.cases < said + 5_000) return;
    said = tally.cases;
    process.stderr.write(`${said} cases over ${of} after ${Math.round((Date.now() - began) / 1000)} s\n`);
  };
  return runHelmLaw(engines, { cases, seed, of, milliseconds, onProgress });
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const began = Date.now();
  const result = await work();
  return { result, seconds: (Date.now() - began) / 1000 };
}

function helmLines(tally: Tally, seed: number, seconds: number): string[] {
  const refused = [...tally.refused].map(([code, count]) => `${code} ${count}`).join(', ');
  return [
    `- Seed ${seed}; helm 4 and helm 3 each; ${Math.round(seconds)} s.`,
    `- ${tally.cases} cases over ${tally.programs} generated programs.`,
    `- ${percent(tally.accepted, tally.cases)} of the cases were accepted by both sides and gave equal objects; the others were refused by both.`,
    `- ${percent(tally.refusedPrograms, tally.programs)} of the programs were refused with a code (${refused || 'none'}); they count as no case.`,
    '- Mismatches: 0.',
    '',
    '| exercised | cases |',
    '|---|---|',
    ...[...tally.features]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([feature, cases]) => `| ${feature} | ${cases} |`),
  ];
}

function literalLines(
  { programs, equal, objects, refused }: LiteralCount,
  seed: number,
  seconds: number,
): string[] {
  const codes = [...refused].map(([code, count]) => `${code} ${count}`).join(', ');
  return [
    `- Seed ${seed}; ${programs} programs over objects of ours, plain ApiObjects, cdk8s-plus-28 and cdk8s-plus-34; ${Math.round(seconds)} s.`,
    `- ${equal} equal (${objects} objects), ${programs - equal} refused with a code (${codes || 'none'}).`,
    '- Mismatches: 0.',
  ];
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function brokenText({ message, program, given }: LawBroken, seed: number): string {
  return [
    `The law does not hold (seed ${seed}).`,
    `program: ${JSON.stringify(program)}`,
    `given: ${JSON.stringify(given)}`,
    message,
  ].join('\n');
}

async function plantFaults(engines: readonly LawEngine[], seed: number): Promise<readonly Caught[]> {
  const found: Caught[] = [];
  for (const mutant of mutants) {
    const caught = await catchMutant(mutant, engines, seed);
    found.push(caught);
    process.stderr.write(`${mutant.title}: ${caught.after ?? 'NOT CAUGHT'}\n`);
  }
  if (found.some(({ after }) => after === undefined)) process.exitCode = 1;
  return found;
}

function faultLines(found: readonly Caught[], seed: number, seconds: number): string[] {
  const caught = found.filter(({ after }) => after !== undefined).length;
  return [
    `- Seed ${seed}; helm 4; ${Math.round(seconds)} s; at most 6,000 cases for each.`,
    `- ${caught} of ${found.length} planted faults are caught.`,
    '',
    '| planted fault | in | cases that passed before one did not |',
    '|---|---|---|',
    ...found.map(
      ({ mutant, after }) => `| ${mutant.title} | \`${mutant.file}\` | ${after ?? 'not caught'} |`,
    ),
  ];
}

main().then((code) => {
  process.exitCode ??= code;
});
