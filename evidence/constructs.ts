/**
 * Holds the Helm law (helm 4 and 3) and the literal law over programs of our constructs with generated props, and
 * writes what they went through to docs/evidence/construct-laws.md. A breach ends it with an error. With a word of its
 * title one family is run alone, some minutes each, and the rows of the others stay as they are.
 *
 *     npx tsx evidence/constructs.ts [PROGRAMS] [FAMILY]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBlock } from '../scripts/generated-block';
import { type ConstructCount, countHelmLaw, countLiteralLaw, FAMILIES } from '../test/laws/construct-laws';
import { LawEngine } from '../test/laws/engine';

const [programs = '2500', word = ''] = process.argv.slice(2);
const runs = Number(programs);
const seed = 20_261_121;
const page = join(__dirname, '..', 'docs', 'evidence', 'construct-laws.md');
const HEAD = [
  '| constructs | law | programs | equal | refused on both sides | mismatches |',
  '| --- | --- | --- | --- | --- | --- |',
];
const rowOf = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

async function rowsOf([title, family]: (typeof FAMILIES)[number]): Promise<string[]> {
  const rows: string[] = [];
  const add = (law: string, { equal, refused }: ConstructCount) => {
    rows.push(rowOf(title, law, runs, equal, refused, 0));
    process.stdout.write(`${rows.at(-1)}\n`);
  };
  add('literal', countLiteralLaw(family, { runs, seed }));
  for (const version of ['helm-4', 'helm-3'] as const) {
    const engine = await LawEngine.start(version);
    try {
      add(version, await countHelmLaw(family, engine, { runs, seed }));
    } finally {
      await engine.stop();
    }
  }
  return rows;
}

async function main(): Promise<void> {
  const chosen = FAMILIES.filter(([title]) => title.includes(word));
  if (chosen.length === 0) throw new Error(`no family has ${word} in its title`);
  for (const family of chosen) {
    const rows = await rowsOf(family);
    const text = readFileSync(page, 'utf8');
    const known = text.split('\n').filter((line) => line.startsWith('| ') && !HEAD.includes(line));
    const all = FAMILIES.flatMap(([title]) =>
      title === family[0] ? rows : known.filter((row) => row.startsWith(`| ${title} |`)),
    );
    writeFileSync(page, withBlock(text, 'construct-laws', [...HEAD, ...all].join('\n')));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
