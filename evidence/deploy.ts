/**
 * Writes to docs/evidence/deploy.md what `drydock apply` says to bad input, as its test hears it on a real API server.
 *
 *     npx tsx evidence/deploy.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOf } from './figures-of';

const TEST = 'test/deploy/bad-input.real.test.ts';

/** One kind of bad input, and what was said to it. */
interface Refused {
  readonly what: string;
  readonly code: string;
  readonly message: string;
}

const rows = figuresOf<readonly Refused[]>(TEST).map(({ what, code, message }) => {
  const said = message
    .replace(`${code} at `, '')
    // The whole object, on a line.
    .replace(/Invalid value: \{.*\}: /, 'Invalid value: {…}: ')
    .replaceAll(/deploy-\d+/g, 'shop')
    .replaceAll(/20\d\d-[\dT:.-]+Z/g, '…')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;');
  return `| ${what} | \`${code}\` | ${said} |`;
});

writeFileSync(
  join(__dirname, '..', 'docs', 'evidence', 'deploy.md'),
  `# What an apply says to bad input

Written by \`npx tsx evidence/deploy.ts\`, which runs [\`${TEST}\`](../../${TEST}) on a control plane of Kubernetes 1.34. The test looks that
nothing at all was written, also not the good object beside the bad one, and that the same set without the mistake goes well.

| input | code | what is said |
|---|---|---|
${rows.join('\n')}
`,
);
