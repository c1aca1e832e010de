import { EQUIVALENTS, equivalentOf } from './equivalents';
import { ROOMS, UNMEASURED } from './rooms';
import type { Answer, Mutant, Verdict } from './run';

/** The result for one room. */
export interface RoomResult {
  readonly seed: string;
  /** How many were killed; the others are listed one by one. */
  readonly killed: number;
  readonly others: readonly Mutant[];
  readonly leftOut: readonly string[];
}

export type Results = Readonly<Record<string, RoomResult>>;

const TARGET = 85;

export function resultOf(seed: string, { mutants, leftOut }: Answer): RoomResult {
  const others = mutants.filter(({ verdict }) => verdict !== 'killed');
  return { seed, killed: mutants.length - others.length, others, leftOut };
}

interface Counts {
  readonly sample: number;
  readonly equivalent: number;
  readonly score: number;
  readonly of: (verdict: Verdict) => number;
}

function countsOf({ killed, others }: RoomResult): Counts {
  const equivalent = others.filter((mutant) => equivalentOf(mutant) !== undefined).length;
  const of = (verdict: Verdict) =>
    others.filter((mutant) => mutant.verdict === verdict && !equivalentOf(mutant)).length;
  const sample = killed + others.length;
  return { sample, equivalent, of, score: (100 * (killed + of('timeout'))) / (sample - equivalent) };
}

/** Writes the page from the results of each room. */
export function pageOf(results: Results): string {
  const known = ROOMS.filter(({ name }) => results[name]);
  const rows = known.map(({ name, tests, laws = [] }) => {
    const { killed, seed } = results[name]!;
    const { sample, equivalent, of, score } = countsOf(results[name]!);
    const counts = [sample, killed, of('timeout'), of('survived'), of('no coverage'), equivalent];
    return `| ${name} | ${counts.join(' | ')} | ${score.toFixed(1)} % | ${[...tests, ...laws].map(code).join(', ')} | ${seed} |`;
  });
  const missing = ROOMS.filter(({ name }) => !results[name]).map(({ name }) => `\`${name}\``);
  return [
    '# Tests that can fail',
    '',
    'Written by `make mutants`; do not edit. Stryker changes the code in small ways (a comparison turned around, a branch',
    'left out, a text emptied) and runs the tests that reach the place. A change that no test notices is a *survivor*: code',
    'that is run by a test, and not asked about. The sample of a room is drawn by a seed from all of its mutants but those',
    'that act only while a file loads (`ignoreStatic`); the same seed draws the same ones. Property tests draw with a fixed',
    `seed. A mutant that hangs the tests is noticed, and counts as killed. The target is ${TARGET} % a room.`,
    '',
    '| room | sample | killed | timeouts | survived | not reached | equivalent | score | tests | seed |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    ...(missing.length > 0 ? [`Not run yet: ${missing.join(', ')}.`, ''] : []),
    'Rooms without a row:',
    '',
    ...Object.entries(UNMEASURED).map(([name, why]) => `- ${code(`${name}/`)}: ${why}`),
    '',
    'Tests are those of the unit project beside the code and in `test/`, so what only helm, a real API server or a cluster',
    'can say is not in these numbers, but for the rows that name such tests.',
    '',
    ...leftOutOf(known.flatMap(({ name }) => results[name]!.leftOut)),
    '## Survivors',
    '',
    ...known.flatMap(({ name }) => survivorsOf(name, results[name]!)),
    '## Equivalents',
    '',
    'Changes that change nothing that anybody can see, each read by a person (`evidence/mutants/equivalents.ts`). They are',
    'left out of the score.',
    '',
    ...(EQUIVALENTS.length === 0 ? ['None.'] : ['| where | change | why |', '|---|---|---|']),
    ...EQUIVALENTS.map((one) => `| ${one.file}, ${code(one.within)} | ${changeOf(one)} | ${one.why} |`),
    '',
  ].join('\n');
}

function leftOutOf(titles: readonly string[]): string[] {
  if (titles.length === 0) return [];
  const listed = [...new Set(titles)].map((title) => `- ${title.replace(/\s+/g, ' ')}`);
  return [
    'Tests that were not asked, because they failed in the first run already: they read the text of the code and see the',
    'changes in it, or the machine was too busy for them:',
    '',
    ...listed,
    '',
  ];
}

function survivorsOf(room: string, { others }: RoomResult): string[] {
  const listed = others.filter((mutant) => mutant.verdict !== 'timeout' && !equivalentOf(mutant));
  if (listed.length === 0) return [];
  const rows = listed
    .map((mutant) => `| ${mutant.file}:${mutant.line} | ${changeOf(mutant)} | ${mutant.verdict} |`)
    .sort();
  return [`### ${room}`, '', '| where | change | |', '|---|---|---|', ...rows, ''];
}

function changeOf({ was, becomes }: Pick<Mutant, 'was' | 'becomes'>): string {
  return `${code(short(was))} to ${code(short(becomes))}`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
}

/** Any text as code in a cell of a table. */
function code(text: string): string {
  const escaped = text.replaceAll('|', '\\|');
  return escaped.includes('`') ? `\`\` ${escaped} \`\`` : `\`${escaped || ' '}\``;
}
