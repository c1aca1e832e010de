/**
 * Holds the Helm law (helm 4 and 3) and the literal law over programs of our constructs with generated props, and
 * writes what they went through to docs/evidence/construct-laws.md. A breach ends it with an error.
 *
 *     npx tsx evidence/constructs.ts [PROGRAMS]
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConstructCount, countHelmLaw, countLiteralLaw, FAMILIES } from '../test/laws/construct-laws';
import { LawEngine } from '../test/laws/engine';

const runs = Number(process.argv[2] ?? 2500);
const seed = 20_261_121;

async function main(): Promise<void> {
  const rows: string[] = [];
  const add = (title: string, law: string, { equal, refused }: ConstructCount) => {
    const row = `| ${[title, law, runs, equal, refused, 0].join(' | ')} |`;
    rows.push(row);
    process.stdout.write(`${row}\n`);
  };
  for (const [title, family] of FAMILIES) add(title, 'literal', countLiteralLaw(family, { runs, seed }));
  for (const version of ['helm-4', 'helm-3'] as const) {
    const engine = await LawEngine.start(version);
    try {
      for (const [title, family] of FAMILIES)
        add(title, version, await countHelmLaw(family, engine, { runs, seed }));
    } finally {
      await engine.stop();
    }
  }
  const text = `# The laws over constructs

Programs of our constructs, each prop of which is absent, a literal or a value of the chart, and generated
values of an installation: written by \`npx tsx evidence/constructs.ts\`, seed ${seed}. Tests do the same with fewer. The
literal law: the same objects with values and with the same literals. The Helm law: the same objects by helm and by us.
Programs that are refused (a port out of range, two services of one name) are refused on both sides alike.

| constructs | law | programs | equal | refused on both sides | mismatches |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
  writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'construct-laws.md'), text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
