/**
 * Holds many generated programs and the written ones against stock cdk8s and writes what was seen into
 * docs/evidence/stock-law.md.
 *
 *     npx tsx test/laws/stock-evidence.ts [number of generated programs]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tool } from '../../cluster';
import { withBlock } from '../../scripts/generated-block';
import { corpus, losses } from './stock-corpus';
import { type Counts, holdGeneratedPrograms, tooRare } from './stock-generated';
import { holdStockLaw } from './stock-law';

const document = path.join(__dirname, '..', '..', 'docs', 'evidence', 'stock-law.md');
const AT_LEAST = 20;

function versions(): string {
  const of = (name: string) =>
    JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')).version;
  return ['cdk8s', 'constructs', 'cdk8s-plus-28', 'cdk8s-plus-34']
    .map((name) => `${name} ${of(name)}`)
    .join(', ');
}

function inMarkdown(counts: Counts, seed: number, written: readonly (readonly [string, string])[]): string {
  const rows = (entries: readonly (readonly [string, string | number])[]) =>
    entries.map(([left, right]) => `| ${left} | ${right} |`).join('\n');
  return `${counts.programs} generated programs, seed ${seed}; ${versions()}.

| outcome | programs |
|---|---|
${rows(Object.entries(counts.outcomes))}

| feature | programs with it |
|---|---|
${rows(Object.entries(counts.features))}

| written program | outcome |
|---|---|
${rows(written)}`;
}

async function main(runs: number): Promise<void> {
  const helm = await tool('helm-4');
  const seed = Date.now() % 2 ** 31;
  const written = Object.entries({ ...corpus, ...losses }).map(
    ([name, program]) => [name, holdStockLaw(program, () => {}, { helm })] as const,
  );
  const counts = holdGeneratedPrograms(runs, helm, seed);
  const rare = tooRare(counts, AT_LEAST);
  if (rare.length > 0)
    throw new Error(`seen fewer than ${AT_LEAST} times: ${rare.join(', ')}; run more programs`);
  writeFileSync(
    document,
    withBlock(readFileSync(document, 'utf8'), 'stock-law', inMarkdown(counts, seed, written)),
  );
}

main(Number(process.argv[2] ?? 1000)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
