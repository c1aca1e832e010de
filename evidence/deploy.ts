/**
 * What goes wrong around `drydock apply`, and what it does then: the law on the model, faults on a real API server, bad
 * input, twenty situations beside other tools, and what a terminal shows. Writes the parts of docs/evidence/deploy.md
 * between their markers:
 *
 *     npx tsx evidence/deploy.ts             about half an hour
 *     npx tsx evidence/deploy.ts law         one part: law, mutants, faults, bad-input, situations or pictures
 *     npx tsx evidence/deploy.ts faults asleep twoAtOnce      of the faults these alone
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../cluster';
import { runReleaseLaw } from '../deploy/testing-only/release-law';
import { withBlock } from '../scripts/generated-block';
import { badInputTable } from './deploy/bad-input';
import { faultsTable } from './deploy/faults';
import { mutantsTable } from './deploy/mutants-table';
import { recordings } from './deploy/recordings';
import { situationsTable } from './deploy/situations';
import { tools } from './deploy/tools';

const folderOfPage = join(__dirname, '..', 'docs', 'evidence');
const page = join(folderOfPage, 'deploy.md');
const LAW_CASES = 3_000;
const SEED = 11;

async function law(): Promise<string> {
  const calls = await runReleaseLaw(LAW_CASES, SEED);
  return `${LAW_CASES.toLocaleString('en')} made-up histories of two to four sets, ${calls.toLocaleString('en')} calls that one run after the other was killed, paused or badly answered at: no breach.`;
}

/** A control plane and a folder that go with what they are made for. */
async function onControlPlane<Answer>(
  act: (cluster: Cluster, folder: string) => Promise<Answer>,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-evidence-'));
  const cluster = await startCluster({ controlPlaneOnly: true });
  try {
    return await act(cluster, folder);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
}

function situations(): Promise<string> {
  return onControlPlane(async (cluster, folder) => situationsTable(cluster, await tools(), folder));
}

async function pictures(): Promise<string> {
  const made = await onControlPlane(recordings);
  for (const [name, picture] of made) writeFileSync(join(folderOfPage, `${name}.svg`), picture);
  return [...made.keys()].map((name) => `![${name.replaceAll('-', ' ')}](${name}.svg)`).join('\n\n');
}

const PARTS: Readonly<Record<string, (more: readonly string[]) => string | Promise<string>>> = {
  law,
  mutants: mutantsTable,
  faults: (more) =>
    onControlPlane((cluster, folder) => faultsTable(cluster, folder, more, readFileSync(page, 'utf8'))),
  'bad-input': badInputTable,
  situations,
  pictures,
};

async function main([only, ...more]: readonly string[]): Promise<void> {
  if (only !== undefined && !(only in PARTS))
    throw new Error(`no part ${only}: ${Object.keys(PARTS).join(', ')}`);
  for (const [name, part] of Object.entries(PARTS)) {
    if (only !== undefined && name !== only) continue;
    const text = await part(more);
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), name, text));
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
