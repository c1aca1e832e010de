import { writeFileSync } from 'node:fs';
import { type Cluster, sharedCluster, until } from '../../cluster';
import type { Pod } from '../../imports/k8s';
import type { Sandboxes } from '../../sandbox';

import { refusal } from './ends';
import { RuntimeInstallation } from './runtime';

// What the first command of a new sandbox reaches, started the moment that it can be. The plug-in of the cluster
// (kube-router) closes a pod some moments after its start; how many moments differs, so the tests that need an open pod
// stop the plug-in for as long.

jest.setTimeout(240_000);

const SANDBOXES = 8;
/** Ends with 0 where the API server takes the connection. */
const CONNECT = ['sh', '-c', 'exec nc -w 2 "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT" </dev/null'];
/** Runs it once in a place of its own. */
type Start = (installation: RuntimeInstallation, sandboxes: Sandboxes) => Promise<number | undefined>;

let cluster: Cluster;
const figures: Record<string, { readonly reached: number; readonly of: number; readonly p50Ms: number }> = {};

beforeAll(async () => {
  cluster = await sharedCluster();
});
afterAll(() => {
  if (process.env.DRYDOCK_FIGURES) writeFileSync(process.env.DRYDOCK_FIGURES, JSON.stringify(figures));
});

/** The runtime over a template of its own for the tests of a block. */
function installation(allowOpenStart: boolean) {
  const made = {} as { at: RuntimeInstallation; sandboxes: Sandboxes };
  beforeAll(async () => {
    made.at = await new RuntimeInstallation(cluster, { sandbox: { allowOpenStart } }).install();
    made.sandboxes = made.at.sandboxes();
  });
  afterAll(async () => {
    await made.sandboxes?.close();
    await made.at?.remove();
  });
  return made;
}

/** How many of many, started together, reach the API server; told as a figure of `name`. */
async function reachedOf(name: string, start: () => Promise<number | undefined>): Promise<number> {
  const times: number[] = [];
  const codes = await Promise.all(
    Array.from({ length: SANDBOXES }, async () => {
      const before = performance.now();
      const code = await start();
      times.push(performance.now() - before);
      return code;
    }),
  );
  // A tool that is missing or broken reaches nothing either.
  expect(codes.filter((code) => code !== 0 && code !== 1)).toEqual([]);
  const reached = codes.filter((code) => code === 0).length;
  figures[name] = { reached, of: SANDBOXES, p50Ms: times.sort((a, b) => a - b)[SANDBOXES / 2] ?? 0 };
  return reached;
}

/** Runs the body while the plug-in does nothing, so that new pods are as open as before their policies. */
async function withoutPlugin<Result>(body: () => Promise<Result>): Promise<Result> {
  await cluster.pause('kube-router');
  try {
    return await body();
  } finally {
    await cluster.resume('kube-router');
  }
}

const COMMAND: Start = async (installation, sandboxes) => {
  const sandbox = await sandboxes.claim({ values: installation.run(), ttl: 120 });
  const { exitCode } = await sandbox.commands.run(CONNECT);
  await sandbox.close();
  return exitCode;
};

const JOB: Start = async (installation, sandboxes) => {
  const job = await sandboxes.job({ values: installation.run(), command: CONNECT, ttl: 120 });
  const { exitCode } = await job.outcome();
  await job.close();
  return exitCode;
};

async function hasRunningPod({ sandboxNamespace }: RuntimeInstallation): Promise<boolean> {
  const pods = `/api/v1/namespaces/${sandboxNamespace}/pods`;
  const { items } = await cluster.api.call<{ readonly items: readonly Pod[] }>('GET', pods);
  // Those of earlier tests run on for a moment after they were deleted.
  return items.some(({ metadata, status }) => status?.phase === 'Running' && !metadata?.deletionTimestamp);
}

const WAYS: [string, Start][] = [
  ['first command of a sandbox', COMMAND],
  ['command of a one-shot Job', JOB],
];

describe('a template as it is', () => {
  const made = installation(false);

  test.each(WAYS)('the %s reaches nothing', async (what, start) => {
    expect(await reachedOf(`${what}, held`, () => start(made.at, made.sandboxes))).toBe(0);
  });

  test.each(WAYS)('the %s waits for as long as the plug-in does', async (_, start) => {
    let isEnded = false;
    const starting = await withoutPlugin(async () => {
      const run = start(made.at, made.sandboxes).finally(() => {
        isEnded = true;
      });
      run.catch(() => undefined);
      await until('the pod to run', async () => isEnded || hasRunningPod(made.at), { withinMs: 90_000 });
      // Without the hold the command ends within this time: the last test of this file.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(isEnded).toBe(false);
      return { run };
    });
    expect(await starting.run).toBe(1);
  });

  test('where the API server cannot be tried, nothing is started', async () => {
    const env = { HOME: '/workspace', KUBERNETES_SERVICE_HOST: '' };
    const claiming = made.sandboxes.claim({ values: made.at.run({ env }), ttl: 120 });
    expect(await refusal(claiming)).toMatchObject({ code: 'NetworkNotClosed' });
    expect(await made.sandboxes.list()).toEqual([]);
  });
});

describe('a template that says allowOpenStart', () => {
  const made = installation(true);

  test.each(WAYS)('the %s reaches what is open until the plug-in closes it', async (what, start) => {
    const reached = withoutPlugin(() => reachedOf(`${what}, open`, () => start(made.at, made.sandboxes)));
    expect(await reached).toBe(SANDBOXES);
  });
});
