/**
 * Gives generated kubeconfigs to the real kubectl and to a Connection, and writes docs/evidence/kubeconfig.md.
 * Run: `npx tsx evidence/kubeconfig.ts`
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../cluster/tools/tool';
import { meantDifferences, runCorpus } from '../kube/testing-only/kubeconfig-corpus-run';

const count = 400;
const seed = 11;

async function main(): Promise<void> {
  const rows = await runCorpus(await tool('kubectl'), count, seed);
  const same = rows.filter(({ kubectl, drydock }) => kubectl === drydock);
  const refused = same.filter(({ kubectl }) => kubectl === 'refused').length;
  const different = rows.filter(({ kubectl, drydock }) => kubectl !== drydock);
  const meant = meantDifferences.map(({ applies, why }) => ({ why, rows: different.filter(applies) }));
  const faults = different.filter((row) => !meantDifferences.some(({ applies }) => applies(row)));
  const text = [
    '# Kubeconfigs, as kubectl reads them',
    '',
    'Written by `npx tsx evidence/kubeconfig.ts`. Each generated configuration, of one or more files, is given to the real',
    'kubectl 1.34 and to a `Connection`, from a folder that holds programs of the same names as the plug-ins. Compared is what',
    'arrives at a server: the path, the credentials, the client certificate, in whose name the call is made; or that nothing',
    'does, because the configuration is refused.',
    '',
    '| configurations | number |',
    '|---|---|',
    `| the same arrives | ${same.length - refused} |`,
    `| both refuse | ${refused} |`,
    ...meant.map(({ why, rows: of }) => `| different, as it is meant: ${why} | ${of.length} |`),
    `| different otherwise | ${faults.length} |`,
    '',
  ];
  writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'kubeconfig.md'), text.join('\n'));
  for (const { title, kubectl, drydock } of faults) {
    process.stderr.write(`${title}\n  kubectl: ${kubectl}\n  drydock: ${drydock}\n`);
  }
  if (faults.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
