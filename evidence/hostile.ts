/**
 * Lets hostile code run in sandboxes and, as a control, where nothing stops it, and writes what became of
 * every attempt to docs/evidence/sandbox-hostile.md. Ends with an error when one works in a sandbox or fails in the
 * control.
 *
 *     npx tsx evidence/hostile.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../cluster';
import type { Attempt, Observed } from '../test/sandbox-runtime/hostile/attempt';
import { ATTEMPTS, EXHAUSTING_ATTEMPTS } from '../test/sandbox-runtime/hostile/attempts';
import { floodManager } from '../test/sandbox-runtime/hostile/flood-manager';
import { Grounds, PIDS } from '../test/sandbox-runtime/hostile/grounds';

const MIB = 1 << 20;

interface Tried {
  readonly attempt: Attempt;
  readonly inSandbox: Observed;
  readonly inControl: Observed;
}

async function tryAll(grounds: Grounds): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const attempt of [...ATTEMPTS, ...EXHAUSTING_ATTEMPTS]) {
    const inSandbox = await attempt.inSandbox(grounds);
    tried.push({ attempt, inSandbox, inControl: await attempt.inControl(grounds) });
  }
  return tried;
}

/** What the attack printed, on one line. */
function cell(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.slice(0, 110).replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function table(tried: readonly Tried[]): string {
  const rows = tried.map(({ attempt, inSandbox, inControl }) => {
    const said = ({ worked, got }: Observed) => `${worked ? 'worked' : 'failed'}: ${cell(got)}`;
    return `| ${attempt.name} | ${said(inSandbox)} | ${said(inControl)} | ${attempt.meaning} |`;
  });
  return ['| attempt | in a sandbox | in the control | so |', '|---|---|---|---|', ...rows].join('\n');
}

async function afterwards({ sandboxes, neighbour, installation }: Grounds): Promise<string> {
  const page = await neighbour.commands.run(['cat', '/tmp/www/index.html']);
  const next = await sandboxes.claim({ values: installation.run(), ttl: 120 });
  const first = await next.commands.run(['id', '-u']);
  await next.close();
  return [
    `The neighbour, another sandbox through all of it: ${page.outcome}, "${page.stdout.text.trim()}".`,
    `The next sandbox: ${first.outcome}, uid ${first.stdout.text.trim()}.`,
  ].join(' ');
}

async function documentOf(cluster: Cluster, unlimited: () => Promise<Cluster>): Promise<[string, boolean]> {
  const grounds = new Grounds(cluster, unlimited);
  try {
    await grounds.prepare();
    const tried = await tryAll(grounds);
    const flooded = await floodManager(grounds);
    const health = await afterwards(grounds);
    const isAsWanted = tried.every(({ inSandbox, inControl }) => inControl.worked && !inSandbox.worked);
    const kinds: readonly (readonly [Attempt['kind'], string])[] = [
      ['privilege', 'Privilege: the control is a privileged pod'],
      ['network', 'Network: the control is a pod in a namespace without policies'],
      ['resources', 'Resources: the control may use twice as much'],
      ['client', 'Against the client: the control is a naive reader'],
    ];
    const text = [
      '# Hostile code in a sandbox',
      '',
      '<!-- Written by `npx tsx evidence/hostile.ts`; do not edit. -->',
      '',
      'Every attempt runs in a sandbox that was claimed from the installed chart of CI-fixer, and in a control that shows that the attempt is',
      'real. `test/sandbox-runtime/hostile.real.test.ts` does the same on each run. The kubelet of the sandboxes allows a pod',
      `${PIDS} processes; the metadata address has a listener of ours.`,
      '',
      `${tried.length} attempts: ${tried.filter(({ inSandbox }) => !inSandbox.worked).length} fail in a sandbox, ` +
        `${tried.filter(({ inControl }) => inControl.worked).length} work in the control.`,
      '',
      ...kinds.flatMap(([kind, title]) => [
        `## ${title}`,
        '',
        table(tried.filter(({ attempt }) => attempt.kind === kind)),
        '',
      ]),
      '## The manager afterwards',
      '',
      `${flooded.bytes / MIB} MiB of output travelled through the client, whose memory grew by ${Math.round(flooded.growth / MIB)} MiB at most. ${health}`,
      '',
    ].join('\n');
    return [text, isAsWanted && flooded.isBounded];
  } finally {
    await grounds.remove();
  }
}

async function main(): Promise<void> {
  const clusters: Cluster[] = [];
  const started = async (cluster: Promise<Cluster>) => {
    clusters.push(await cluster);
    return cluster;
  };
  try {
    const limited = await started(startCluster({ podPidsLimit: PIDS }));
    const [text, isAsWanted] = await documentOf(limited, () => started(startCluster({ dns: false })));
    writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'sandbox-hostile.md'), text);
    if (!isAsWanted)
      throw new Error('an attempt worked in a sandbox, or failed in the control: see the document');
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
