import { type Cluster, sharedCluster } from '../../cluster';
import type { JsonObject } from '../../core/template';
import type { Sandboxes } from '../../sandbox';
import { refusal } from './ends';
import { RuntimeInstallation } from './runtime';

// What the first command of a new sandbox reaches, started the moment that it can be. The plug-in of the cluster
// (kube-router) closes a pod some moments after its start.

jest.setTimeout(240_000);

const SANDBOXES = 24;
/** Ends with 0 where the API server takes the connection. */
const CONNECT = ['sh', '-c', 'exec nc -w 2 "$KUBERNETES_SERVICE_HOST" "$KUBERNETES_SERVICE_PORT" </dev/null'];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});

async function installed<Result>(
  sandbox: JsonObject,
  body: (installation: RuntimeInstallation, sandboxes: Sandboxes) => Promise<Result>,
): Promise<Result> {
  const installation = await new RuntimeInstallation(cluster, { sandbox }).install();
  const sandboxes = installation.sandboxes();
  try {
    return await body(installation, sandboxes);
  } finally {
    await sandboxes.close();
    await installation.remove();
  }
}

/** How many of many sandboxes, started together, reach the API server with their first command. */
async function reachedBy(start: () => Promise<number | undefined>): Promise<number> {
  const codes = await Promise.all(Array.from({ length: SANDBOXES }, start));
  // A tool that is missing or broken reaches nothing either.
  expect(codes.every((code) => code === 0 || code === 1)).toBe(true);
  return codes.filter((code) => code === 0).length;
}

function firstCommands(installation: RuntimeInstallation, sandboxes: Sandboxes): Promise<number> {
  return reachedBy(async () => {
    const sandbox = await sandboxes.claim({ values: installation.run(), ttl: 120 });
    const { exitCode } = await sandbox.commands.run(CONNECT);
    await sandbox.close();
    return exitCode;
  });
}

test('the first commands of sandboxes reach nothing, and without the hold some do', async () => {
  await installed({}, async (installation, sandboxes) => {
    expect(await firstCommands(installation, sandboxes)).toBe(0);
  });
  await installed({ allowOpenStart: true }, async (installation, sandboxes) => {
    expect(await firstCommands(installation, sandboxes)).toBeGreaterThan(0);
  });
});

test('nor do one-shot Jobs, whose command is the first process, and without the hold some do', async () => {
  const jobs = (installation: RuntimeInstallation, sandboxes: Sandboxes) =>
    reachedBy(async () => {
      const job = await sandboxes.job({ values: installation.run(), command: CONNECT, ttl: 120 });
      const { exitCode } = await job.outcome();
      await job.close();
      return exitCode;
    });
  await installed({}, async (installation, sandboxes) => {
    expect(await jobs(installation, sandboxes)).toBe(0);
  });
  await installed({ allowOpenStart: true }, async (installation, sandboxes) => {
    expect(await jobs(installation, sandboxes)).toBeGreaterThan(0);
  });
});

test('where the API server cannot be tried, nothing is started', async () => {
  await installed({}, async (installation, sandboxes) => {
    const env = { HOME: '/workspace', KUBERNETES_SERVICE_HOST: '' };
    expect(await refusal(sandboxes.claim({ values: installation.run({ env }), ttl: 120 }))).toMatchObject({
      code: 'NetworkNotClosed',
    });
    expect(await sandboxes.list()).toEqual([]);
  });
});
