import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Sandbox } from '../../sandbox';
import type { BenchPlace } from './place';
import { progressOf } from './progress';
import { Samples, table, verdict } from './samples';

const TTL = 900;
/** What a program of TypeScript has at least: real packages of this repository, as archives that a cache would hold. */
const PACKAGES = ['typescript', '@types/node', 'cdk8s', 'constructs', 'yaml', 'fast-check', 'ajv'];
const modules = path.join(__dirname, '..', '..', 'node_modules');

/** A claim that begins with a checkpoint, beside one whose workspace is prepared anew, in turn. */
export async function checkpoint(place: BenchPlace, rounds: number): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-bench-checkpoint-'));
  try {
    const archives = path.join(folder, 'archives');
    const packed = pack(archives);
    const values = place.installation.run({ cpu: '1', memory: '512Mi', ephemeralStorage: '2Gi' });
    const claim = (more: object = {}) => place.sandboxes.claim({ values, ttl: TTL, ...more });
    const [prepared, begun, plain] = [new Samples(), new Samples(), new Samples()];
    const first = await claim();
    await prepare(first, archives);
    const from = await first.checkpoint(path.join(folder, 'kept'));
    await first.close();
    const isDone = progressOf('rounds', rounds);
    for (let round = 0; round < rounds; round += 1) {
      await used(plain, from.entries, claim, async () => {});
      await used(prepared, from.entries, claim, (sandbox) => prepare(sandbox, archives));
      await used(
        begun,
        from.entries,
        () => claim({ from }),
        async () => {},
      );
      isDone();
    }
    const seconds = (samples: Samples) => (samples.quantile(0.5) / 1000).toFixed(2);
    const workspace = (samples: Samples) => samples.quantile(0.5) - plain.quantile(0.5);
    return [
      `${packed} packages of this repository: ${from.entries} files and folders of ${(from.bytes / 1e6).toFixed(0)} MB. To prepare is to upload their compressed archives and to unpack them with \`tar\`, the least of what any`,
      `installer does: no resolving, no network, no scripts, no build. From the call of \`claim\` to a workspace whose files were counted by a command, ${rounds} times each in turn, p50:`,
      '',
      table(
        ['', 'seconds', 'of it beyond an empty claim'],
        [
          ['claim of an empty sandbox', seconds(plain), ''],
          ['claim, and prepare', seconds(prepared), (workspace(prepared) / 1000).toFixed(2)],
          ['claim from a checkpoint', seconds(begun), (workspace(begun) / 1000).toFixed(2)],
        ],
      ),
      '',
      verdict(
        'Claim from a checkpoint against preparing',
        begun.quantile(0.5) / prepared.quantile(0.5),
        1,
        'x',
      ),
    ].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(archives: string): number {
  mkdirSync(archives);
  for (const name of PACKAGES) {
    const file = path.join(archives, `${name.replace('/', '-')}.tgz`);
    execFileSync('tar', ['-czf', file, '-C', modules, name]);
  }
  return readdirSync(archives).length;
}

async function prepare({ files, commands }: Sandbox, archives: string): Promise<void> {
  await files.upload(archives, 'archives');
  const unpack =
    'mkdir node_modules && for a in archives/*; do tar -xzf $a -C node_modules || exit 1; done; rm -r archives';
  (await commands.shell(unpack)).orThrow();
}

/** The time until a command has seen as many entries as there must be; none in a sandbox that stays empty. */
async function used(
  samples: Samples,
  entries: number,
  claim: () => Promise<Sandbox>,
  prepareIt: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const sandbox = await claim();
  try {
    await prepareIt(sandbox);
    const { stdout } = (await sandbox.commands.shell('find . -mindepth 1 | wc -l')).orThrow();
    samples.add(performance.now() - started);
    if (![0, entries].includes(Number(stdout.text)))
      throw new Error(`${stdout.text.trim()} entries, not ${entries}`);
  } finally {
    await sandbox.close();
  }
}
