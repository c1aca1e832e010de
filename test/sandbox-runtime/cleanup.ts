import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Cluster, until } from '../../cluster';
import type { Job, Pod } from '../../imports/k8s';
import { bundled } from '../support/bundled';
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
const CLIENT_WITHIN_MS = 60_000;

/** Runs a client to each moment and kills it there, a few side by side. */
export async function killAtEveryMoment(
  installation: RuntimeInstallation,
  ttl: number,
  moments: readonly Moment[] = MOMENTS,
  prefix = 'killed',
): Promise<Killed[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-clients-'));
  const program = bundled('test/sandbox-runtime/client.ts', folder);
  const waiting = moments.map((moment, index) => ({ moment, name: `${prefix}-${index}` }));
  const killed: Killed[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { moment, name } = next;
      await killAt(program, moment, {
        template: installation.template,
        namespace: installation.sandboxNamespace,
        kubeconfig: installation.kubeconfig,
        values: installation.run({ name }),
        ttl,
      });
      const { expiresAt } = (await lookFor(installation.cluster, installation.sandboxNamespace))(name);
      killed.push({ moment, name, expiresAt, endedAt: 0, goneAt: undefined });
    }
  };
  try {
    await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return killed;
}

/** Starts a client, waits until it says that it is there, and kills it. */
async function killAt(program: string, moment: Moment, options: ClientOptions): Promise<void> {
  const args = [program, moment, JSON.stringify(options)];
  const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  client.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  // A client that does not get there must not be waited for without end.
  const late = setTimeout(() => client.kill('SIGKILL'), CLIENT_WITHIN_MS);
  let isThere = false;
  for await (const line of createInterface(client.stdout)) {
    if (line !== `at ${moment}`) continue;
    isThere = true;
    client.kill('SIGKILL');
  }
  await ended;
  clearTimeout(late);
  if (!isThere) throw new Error(`the client did not get to "${moment}": ${complaint}`);
}

/** What is left of one run: whether something of it runs or may still run, and whether anything of it exists. */
export interface Left {
  readonly mayRun: boolean;
  readonly exists: boolean;
  /** The deadline by the API server, for a Job that is there and is not being deleted. */
  readonly expiresAt: number | undefined;
}

/** What is left of every Job of a namespace, and of those that are gone, by name. */
export async function lookFor(cluster: Cluster, namespace: string): Promise<(name: string) => Left> {
  const [jobs, pods] = await Promise.all([
    cluster.api.call<{ items: Job[] }>('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`),
    cluster.api.call<{ items: Pod[] }>('GET', `/api/v1/namespaces/${namespace}/pods`),
  ]);
  return (name) => {
    const job = jobs.items.find(({ metadata }) => metadata?.name === name);
    const own = pods.items.filter(({ metadata }) => metadata?.labels?.['job-name'] === name);
    const runs = own.some(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending');
    // A Job without a pod may still get one, until it has finished.
    return {
      mayRun: runs || (job !== undefined && !isOver(job.status)),
      exists: job !== undefined || own.length > 0,
      expiresAt: job && expiryOf(job),
    };
  };
}

/** Waits until nothing of any of them runs, and with `untilGone` until nothing of them exists. */
export async function seeThemEnd(
  { cluster, sandboxNamespace }: RuntimeInstallation,
  killed: readonly Killed[],
  untilGone: boolean,
): Promise<void> {
  const open = () =>
    killed.filter(({ endedAt, goneAt }) => endedAt === 0 || (untilGone && goneAt === undefined));
  await until(
    'everything to have ended',
    async () => {
      const leftOf = await lookFor(cluster, sandboxNamespace);
      const now = Date.now();
      for (const each of open()) {
        const { mayRun, exists, expiresAt } = leftOf(each.name);
        // A request that was on its way may be done after its client is gone.
        each.expiresAt ??= expiresAt;
        if (!mayRun && each.endedAt === 0) each.endedAt = now;
        if (!exists) each.goneAt ??= now;
      }
      return open().length === 0;
    },
    {
      withinMs: untilGone ? 480_000 : 120_000,
      everyMs: 500,
      explain: () =>
        open()
          .map(({ moment }) => moment)
          .join('\n'),
    },
  );
}

/** The same Job without anything that would end it, in a namespace without our policy: what a leak looks like. */
export async function leak(installation: RuntimeInstallation, name: string): Promise<void> {
  // Its own command, since the usual one ends when no client enters.
  const run = installation.run({ name, command: ['sleep', '3600'] });
  const job = installation.job(run) as unknown as Job;
  const { template } = job.spec!;
  await installation.apply([
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: installation.policyNamespace },
      spec: {
        backoffLimit: 0,
        template: {
          ...template,
          spec: { ...template.spec, activeDeadlineSeconds: undefined, serviceAccountName: undefined },
        },
      },
    } as never,
  ]);
}

export function isOver(status: Job['status']): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: is }) => (type === 'Failed' || type === 'Complete') && is === 'True',
  );
}

export function expiryOf({ metadata, spec, status }: Job): number | undefined {
  if (metadata?.deletionTimestamp || isOver(status)) return undefined;
  const startedAt = status?.startTime ?? metadata?.creationTimestamp ?? '';
  return Date.parse(startedAt) + (spec?.activeDeadlineSeconds ?? Number.NaN) * 1000;
}
