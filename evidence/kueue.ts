/**
 * Sandboxes in a queue of the real Kueue, on an embedded cluster; writes docs/evidence/kueue.md. Kueue is built the first
 * time: minutes.
 *
 *     npx tsx evidence/kueue.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../bench/sandbox/samples';
import { startCluster, until } from '../cluster';
import type { JsonObject } from '../core/template';
import type { Job } from '../imports/k8s';
import type { SandboxError, Sandboxes } from '../sandbox';
import { KueueController } from '../test/kueue/controller';
import { RuntimeInstallation } from '../test/sandbox-runtime/runtime';

const KUEUE = 'kueue.x-k8s.io/v1beta2';
/** Room for one sandbox of the tests, which asks for 100m. */
const ROOM = { cpu: '100m', memory: '1Gi', 'ephemeral-storage': '4Gi' };
const TTL = 120;

/** One thing that is looked at: what is expected, and what came. */
interface Row {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
}

interface World {
  readonly installation: RuntimeInstallation;
  readonly sandboxes: Sandboxes;
  readonly kueue: KueueController;
}

async function main(): Promise<void> {
  const cluster = await startCluster({ dns: false });
  const kueue = new KueueController();
  const rows: Row[] = [];
  try {
    const installation = await new RuntimeInstallation(cluster, { sandbox: { queue: 'batch' } }).install();
    await kueue.start(cluster);
    await installation.apply(queues(installation.sandboxNamespace));
    // The default of a minute is for a cluster that has room.
    const sandboxes = installation.sandboxes({ startTimeoutMs: 120_000 });
    const world = { installation, sandboxes, kueue };
    for (const [what, expected, look] of LOOKS) {
      const seen = await look(world).catch((error: Error) => error.message);
      rows.push({ what, expected, seen });
      process.stdout.write(`${seen === expected ? 'as expected' : 'OTHERWISE'}: ${what}: ${seen}\n`);
    }
    await sandboxes.close();
  } finally {
    if (rows.length < LOOKS.length || rows.some(isOtherwise)) process.stderr.write(`${kueue.said()}\n`);
    await kueue.stop();
    await cluster.stop();
  }
  writeFileSync(join(__dirname, '../docs/evidence/kueue.md'), page(kueue.version, rows));
  if (rows.some(isOtherwise)) process.exitCode = 1;
}

const LOOKS: readonly (readonly [string, string, (world: World) => Promise<string>])[] = [
  [
    'two one-shot Jobs at once, in a queue with room for one',
    'both exited with 0; the second started after the end of the first',
    async ({ installation, sandboxes }) => {
      const values = installation.run();
      const command = ['sh', '-c', 'sleep 3'];
      const jobs = await Promise.all([0, 1].map(() => sandboxes.job({ values, command, ttl: TTL })));
      const ends = await Promise.all(jobs.map((job) => job.outcome()));
      const [first, second] = (await Promise.all(jobs.map(({ id }) => timesOf(installation, id)))).sort(
        (one, other) => one.start - other.start,
      ) as [Times, Times];
      const after = second.start >= first.end ? 'after' : 'BEFORE';
      const codes = [...new Set(ends.map(({ exitCode }) => exitCode))].join(' and ');
      return `both exited with ${codes}; the second started ${after} the end of the first`;
    },
  ],
  [
    'a claim while another sandbox has the room, which is closed then',
    'waiting in queue batch; then a command ran',
    async ({ installation, sandboxes }) => {
      const values = installation.run();
      const first = await sandboxes.claim({ values, ttl: TTL });
      let told = '';
      const second = sandboxes.claim({
        ...{ values, ttl: TTL },
        onProgress: ({ phase, detail }) => {
          if (phase === 'waiting') told = `${phase} in ${detail}`;
        },
      });
      await until('the second to wait', async () => told !== '');
      await first.close();
      const sandbox = await second;
      const { ok } = await sandbox.commands.run(['true']);
      await sandbox.close({ wait: true });
      return `${told}; then ${ok ? 'a command ran' : 'a command failed'}`;
    },
  ],
  [
    'a claim that may wait for 2 s, while another sandbox has the room',
    'Unschedulable: a Job that still waits in queue batch after 2 s; its Job is gone',
    async ({ installation, sandboxes }) => {
      const values = installation.run();
      const first = await sandboxes.claim({ values, ttl: TTL });
      const hasty = installation.sandboxes({ startTimeoutMs: 2_000 });
      const { code, found, sandboxId } = await hasty.claim({ values, ttl: TTL }).then(
        () => ({ code: 'claimed', found: '', sandboxId: '' }),
        (error) => error as SandboxError,
      );
      await until('its Job to be gone', async () => !(await hasty.list()).some(({ id }) => id === sandboxId));
      await hasty.close();
      await first.close({ wait: true });
      return `${code}: ${found}; its Job is gone`;
    },
  ],
  [
    'a sandbox that Kueue puts out (`stopPolicy: HoldAndDrain`)',
    'Evicted: a Job that its queue batch has suspended again; no pod after it',
    async ({ installation, sandboxes }) => {
      const sandbox = await sandboxes.claim({ values: installation.run(), ttl: TTL });
      await stopPolicy(installation, 'HoldAndDrain');
      const ended = await sandbox.ended;
      await stopPolicy(installation, 'None');
      await sandbox.close({ wait: true });
      const { cluster, sandboxNamespace } = installation;
      await until('its pod to be gone', async () => {
        const its = ['-l', `job-name=${sandbox.id}`, '-n', sandboxNamespace];
        const { stdout } = await cluster.kubectl(['get', 'pods', ...its, '-o', 'name']);
        return stdout.trim() === '';
      });
      return `${ended?.code}: ${ended?.found}; no pod after it`;
    },
  ],
  [
    'a one-shot Job that Kueue puts out',
    'evicted; its Job is gone, and the next claim has its room',
    async ({ installation, sandboxes }) => {
      const values = installation.run();
      const job = await sandboxes.job({ values, command: ['sleep', '600'], ttl: TTL });
      await stopPolicy(installation, 'HoldAndDrain');
      const { outcome } = await job.outcome();
      await until(
        'the Job to be gone',
        async () => !(await sandboxes.list()).some(({ id }) => id === job.id),
      );
      await stopPolicy(installation, 'None');
      const next = await sandboxes.claim({ values, ttl: TTL });
      await next.close({ wait: true });
      return `${outcome}; its Job is gone, and the next claim has its room`;
    },
  ],
  [
    'a ResourceFlavor with a node label that the template does not have',
    'Unschedulable; Kueue was denied spec.template.spec.nodeSelector',
    async ({ installation, kueue }) => {
      await installation.apply([flavor({ nodeLabels: { 'kubernetes.io/os': 'linux' } })]);
      const hasty = installation.sandboxes({ startTimeoutMs: 5_000 });
      const said = await hasty.claim({ values: installation.run(), ttl: TTL }).then(
        () => 'claimed',
        ({ code }) => code,
      );
      await hasty.close();
      const denied = /denied request: (spec\.template\.spec[.\w]*)/.exec(kueue.all())?.[1];
      return `${said}; Kueue was denied ${denied}`;
    },
  ],
];

interface Times {
  readonly start: number;
  readonly end: number;
}

const jobNow = ({ cluster, sandboxNamespace }: RuntimeInstallation, id: string) =>
  cluster.api.call<Job>('GET', `/apis/batch/v1/namespaces/${sandboxNamespace}/jobs/${id}`);

async function timesOf(installation: RuntimeInstallation, id: string): Promise<Times> {
  const done = await until('the Job to be complete', async () => {
    const { status } = await jobNow(installation, id);
    return status?.completionTime ? status : undefined;
  });
  return { start: Date.parse(String(done.startTime)), end: Date.parse(String(done.completionTime)) };
}

async function stopPolicy({ cluster }: RuntimeInstallation, policy: string): Promise<void> {
  const patch = JSON.stringify({ spec: { stopPolicy: policy } });
  await cluster.kubectl(['patch', 'clusterqueue', 'all', '--type=merge', '-p', patch]);
}

function flavor(spec: JsonObject): JsonObject {
  return { apiVersion: KUEUE, kind: 'ResourceFlavor', metadata: { name: 'any' }, spec };
}

function queues(namespace: string): JsonObject[] {
  const resources = Object.entries(ROOM).map(([name, nominalQuota]) => ({ name, nominalQuota }));
  const group = { coveredResources: Object.keys(ROOM), flavors: [{ name: 'any', resources }] };
  return [
    flavor({}),
    {
      apiVersion: KUEUE,
      kind: 'ClusterQueue',
      metadata: { name: 'all' },
      spec: { namespaceSelector: {}, resourceGroups: [group] },
    },
    {
      apiVersion: KUEUE,
      kind: 'LocalQueue',
      metadata: { name: 'batch', namespace },
      spec: { clusterQueue: 'all' },
    },
  ];
}

function isOtherwise({ expected, seen }: Row): boolean {
  return expected !== seen;
}

function page(version: string, rows: readonly Row[]): string {
  const right = rows.filter((row) => !isOtherwise(row)).length;
  return `# Sandboxes in a queue of Kueue

Written by \`npx tsx evidence/kueue.ts\`: an embedded cluster with the charts of CI-fixer and \`sandbox.queue\`, and the controller of Kueue ${version}, built from its sources, as a process beside the cluster with the rights of its own account.
Its webhooks are not installed: what they would do to a Job (suspend it) the template does. The queue has room for one sandbox (${Object.entries(
    ROOM,
  )
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ')}).
How it works is in [the guide](../guides/sandbox.md#a-queue-of-kueue), why in [decision 0071](../decisions/0071-kueue.md).

${right} of ${rows.length} rows came to what was expected.

${table(
  ['what', 'seen', 'as expected'],
  rows.map((row) => [row.what, row.seen, isOtherwise(row) ? `no: ${row.expected}` : 'yes']),
)}
`;
}

void main();
