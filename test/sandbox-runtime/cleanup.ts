import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../cluster';
import type { Job, Pod } from '../../imports/k8s';
import { type ClientOptions, MOMENTS, type Moment } from './client';
import type { RuntimeInstallation } from './runtime';

/** A client that was killed, and what it left. */
export interface Killed {
  readonly moment: Moment;
  readonly name: string;
  /** The deadline that was in force when it was killed; undefined where nothing was left. */
  expiresAt: number | undefined;
  /** When no process of it ran any more. */
  endedAt: number;
  /** When nothing of it was in the cluster any more; undefined while that is not waited for. */
  goneAt: number | undefined;
}

const CLIENTS_AT_ONCE = 5;
const CLIENT = path.join(__dirname, 'client.ts');

/** Runs a client to each moment and kills it there, a few side by side. */
export async function killAtEveryMoment(installation: RuntimeInstallation, ttl: number): Promise<Killed[]> {
  const waiting = MOMENTS.map((moment, index) => ({ moment, name: `killed-${index}` }));
  const killed: Killed[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { moment, name } = next;
      await killAt(moment, {
        template: installation.template,
        namespace: installation.sandboxNamespace,
        kubeconfig: installation.kubeconfig,
        values: installation.run({ name }),
        ttl,
      });
      const expiresAt = await expiryOf(installation, name);
      killed.push({ moment, name, expiresAt, endedAt: 0, goneAt: undefined });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker));
  return killed;
}

/** Starts a client, waits until it says that it is there, and kills it. */
async function killAt(moment: Moment, options: ClientOptions): Promise<void> {
  const args = ['--import', 'tsx', CLIENT, moment, JSON.stringify(options)];
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  client.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  let isThere = false;
  for await (const line of createInterface(client.stdout)) {
    if (line !== `at ${moment}`) continue;
    isThere = true;
    client.kill('SIGKILL');
  }
  await ended;
  if (!isThere) throw new Error(`the client did not get to "${moment}": ${complaint}`);
}

/** Waits until nothing of any of them runs, and with `untilGone` until nothing of them exists. */
export async function seeThemEnd(
  installation: RuntimeInstallation,
  killed: readonly Killed[],
  untilGone: boolean,
): Promise<void> {
  const { cluster, sandboxNamespace: namespace } = installation;
  const open = () =>
    killed.filter(({ endedAt, goneAt }) => endedAt === 0 || (untilGone && goneAt === undefined));
  await until(
    'everything to have ended',
    async () => {
      const [jobs, pods] = await Promise.all([
        cluster.api.call<{ items: Job[] }>('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`),
        cluster.api.call<{ items: Pod[] }>('GET', `/api/v1/namespaces/${namespace}/pods`),
      ]);
      const now = Date.now();
      for (const each of open()) {
        const isJob = jobs.items.some(({ metadata }) => metadata?.name === each.name);
        const own = pods.items.filter(({ metadata }) => metadata?.labels?.['job-name'] === each.name);
        const runs = own.some(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending');
        // A Job without a pod may still get one, until it has finished.
        const mayRun = jobs.items.some(
          ({ metadata, status }) => metadata?.name === each.name && !isOver(status),
        );
        if (!runs && !mayRun && each.endedAt === 0) each.endedAt = now;
        if (!isJob && own.length === 0) each.goneAt ??= now;
      }
      return open().length === 0;
    },
    { withinMs: untilGone ? 600_000 : 180_000, everyMs: 500 },
  );
}

function isOver(status: Job['status']): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: is }) => (type === 'Failed' || type === 'Complete') && is === 'True',
  );
}

/** The deadline by the API server, for a Job that is there. */
async function expiryOf(
  { cluster, sandboxNamespace }: RuntimeInstallation,
  name: string,
): Promise<number | undefined> {
  const path = `/apis/batch/v1/namespaces/${sandboxNamespace}/jobs/${name}`;
  const { status, body } = await cluster.api.send('GET', path);
  if (status === 404) return undefined;
  const { spec, status: state, metadata } = body as Job;
  if (metadata?.deletionTimestamp) return undefined;
  const startedAt = state?.startTime ?? metadata?.creationTimestamp ?? '';
  return Date.parse(startedAt) + (spec?.activeDeadlineSeconds ?? Number.NaN) * 1000;
}
