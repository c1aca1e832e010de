import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { catchMutant } from './catch-mutant';
import { LawEngine } from './engine';
import { LawBroken } from './generate/check-program';
import { runHelmLaw } from './generate/run-helm-law';
import type { Tally } from './generate/tally';
import { type LiteralCount, literalLaw } from './literal-law';
import { mutants } from './mutants';

/** `npm run law -- --cases 100000 --seed 7`: the laws at length, with what they went through. */

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    /** Cases over umbrellas, which are larger. */
    umbrellas: { type: 'string', default: '2000' },
    programs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    /** No further case is begun after so many minutes; the true number of cases is what is printed. */
    minutes: { type: 'string', default: '30' },
    mutants: { type: 'boolean', default: false },
    evidence: { type: 'boolean', default: false },
  },
});

const EVIDENCE = path.resolve(__dirname, '../../docs/evidence/laws.md');

async function main(): Promise<number> {
  const seed = Number(options.seed ?? Math.floor(Math.random() * 1e9));
  const engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
  try {
    if (options.mutants) return await runMutants(engines.slice(0, 1), seed);
    return await runLaws(engines, seed);
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
}

async function runLaws(engines: readonly LawEngine[], seed: number): Promise<number> {
  const milliseconds = Number(options.minutes) * 60_000;
  try {
    const helm = await timed(() => helmLaw(engines, seed, 'charts', Number(options.cases), milliseconds));
    const umbrellas = await timed(() =>
      helmLaw(engines, seed, 'umbrellas', Number(options.umbrellas), milliseconds),
    );
    const programs = Number(options.programs);
    const literal = await timed(async () => literalLaw(programs, seed));
    const nested = await timed(async () => literalLaw(Math.ceil(programs / 5), seed, 'umbrellas'));
    const text = [
      ...helmLines('## Helm law', helm.result, seed, helm.seconds),
      '',
      ...helmLines('## Helm law over umbrellas', umbrellas.result, seed, umbrellas.seconds),
      '',
      ...literalLines('## Literal law', literal.result, literal.seconds),
      '',
      ...literalLines('## Literal law over umbrellas', nested.result, nested.seconds),
    ].join('\n');
    console.log(text);
    if (options.evidence) writeFileSync(EVIDENCE, evidence(text));
    return 0;
  } catch (error) {
    console.error(error instanceof LawBroken ? brokenText(error, seed) : error);
    return 1;
  }
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

function helmLines(title: string, tally: Tally, seed: number, seconds: number): string[] {
  const refused = [...tally.refused].map(([code, count]) => `${code} ${count}`).join(', ');
  return [
    title,
    '',
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
  title: string,
  { programs, equal, objects, refused }: LiteralCount,
  seconds: number,
): string[] {
  const codes = [...refused].map(([code, count]) => `${code} ${count}`).join(', ');
  return [
    title,
    '',
    `- ${programs} programs over objects of ours, plain ApiObjects, cdk8s-plus-28 and cdk8s-plus-34; ${Math.round(seconds)} s.`,
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

async function runMutants(engines: readonly LawEngine[], seed: number): Promise<number> {
  let missed = 0;
  for (const mutant of mutants) {
    const { after, by } = await catchMutant(mutant, engines, seed);
    if (after === undefined) missed++;
    console.log(
      `${after === undefined ? 'MISSED' : `caught after ${after} cases`}: ${mutant.title}${by ? ` (${by})` : ''}`,
    );
  }
  console.log(`${mutants.length - missed} of ${mutants.length} planted faults are caught.`);
  return missed === 0 ? 0 : 1;
}

function evidence(text: string): string {
  const head = 'Written by `npm run law -- --evidence`; what the laws say stands in `test/laws/`.';
  return `# The laws, at length\n\n${head}\n\n${text}\n`;
}

main().then((code) => {
  process.exitCode = code;
});
