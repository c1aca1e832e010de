/**
 * Writes docs/evidence/refusals.md: every code of the product with an example and its message.
 *   npx tsx test/refusals/main.ts
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { codesOfProduct, repository } from './codes';
import { page, type Row, rowOf } from './page';
import { examples } from './registry';

async function main(): Promise<void> {
  const codes = codesOfProduct();
  const missing = [...codes].filter(([code]) => !examples.has(code));
  const unknown = [...examples.keys()].filter((code) => !codes.has(code));
  const problems = [
    ...missing.map(([code, file]) => `no example of ${code} (${file})`),
    ...unknown.map((code) => `an example of ${code}, which the product does not have`),
  ];
  const rows: Row[] = [];
  for (const [code, example] of examples)
    await rowOf(code, example).then(
      (row) => rows.push(row),
      (error: Error) => problems.push(error.message),
    );
  if (problems.length > 0) throw new Error(`\n${problems.join('\n')}`);
  writeFileSync(path.join(repository, 'docs/evidence/refusals.md'), page(rows));
  process.stdout.write(`docs/evidence/refusals.md: ${rows.length} codes\n`);
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
