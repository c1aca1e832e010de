/**
 * Breaks installations on a cluster in every way that the tests know, and writes what `drydock verify` says of each to
 * docs/evidence/verify.md.
 *
 *     npx tsx evidence/verify.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../verify';
import { figuresOf } from './figures-of';

const repository = join(__dirname, '..');
const TEST = 'test/verify/broken-ways.real.test.ts';

const found = figuresOf<readonly { readonly name: string; readonly findings: readonly Finding[] }[]>(TEST);

/** Names that a cluster makes anew each time, and signs of the table. */
function cell(text: string): string {
  return text
    .replaceAll(/test-[0-9a-f]{8}/g, 'shop')
    .replaceAll(/\b(web|migrate)(-[0-9a-f]{8,10})?-[a-z0-9]{5}\b/g, '$1-…')
    .replaceAll(/\bweb-[0-9a-f]{8,10}\b/g, 'web-…')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
}

const rows = found.map(({ name, findings: [finding] }) => {
  const { code = '', path = [], where = '', found: what = '', remedy = '' } = finding ?? {};
  return [name, `\`${code}\` at ${where}`, path.join(' → '), what, remedy].map(cell).join(' | ');
});

writeFileSync(
  join(repository, 'docs', 'evidence', 'verify.md'),
  `# What verify says

Written by \`npx tsx evidence/verify.ts\`, which runs [\`${TEST}\`](../../${TEST}): ${found.length} installations on a real cluster, each broken in one way.
In each this cause is found and no other. A healthy installation, which the test has beside them, gives no finding.

| broken by | cause | the way there | found | to do |
|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}
`,
);
