import { writeFileSync } from 'node:fs';
import { type Cluster, sharedCluster } from '../../cluster';
import type { Sandboxes } from '../../sandbox';
import { refusal } from './ends';
import { RuntimeInstallation } from './runtime';

// What the first command of a new sandbox reaches, started the moment that it can be. The plug-in of the cluster
// (kube-router) closes a pod some moments after its start.

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

async function installed<Result>(
  allowOpenStart: boolean,
  body: (installation: RuntimeInstallation, sandboxes: Sandboxes) => Promise<Result>,
): Promise<Result> {
  const installation = await new RuntimeInstallation(cluster, { sandbox: { allowOpenStart } }).install();
  const sandboxes = installation.sandboxes();
  try {
    return await body(installation, sandboxes);
  } finally {
    await sandboxes.close();
    await installation.remove();
  }
}

/** How many of many, started together, reach the API server. */
function reachedBy(what: string, allowOpenStart: boolean, start: Start): Promise<number> {
  return installed(allowOpenStart, async (installation, sandboxes) => {
    const times: number[] = [];
    const codes = await Promise.all(
      Array.from({ length: SANDBOXES }, async () => {
        const before = performance.now();
        const code = await start(installation, sandboxes);
        times.push(performance.now() - before);
        return code;
      }),
    );
    // A tool that is missing or broken reaches nothing either.
    expect(codes.filter((code) => code !== 0 && code !== 1)).toEqual([]);
    const reached = codes.filter((code) => code === 0).length;
    const p50Ms = times.sort((a, b) => a - b)[SANDBOXES / 2] ?? 0;
    figures[`${what}, ${allowOpenStart ? 'open' : 'held'}`] = { reached, of: SANDBOXES, p50Ms };
    return reached;
  });
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

test.each([
  ['first command of a sandbox', COMMAND],
  ['command of a one-shot Job', JOB],
])('the %s reaches nothing, and without the hold that of some does', async (what, start) => {
  expect(await reachedBy(what, false, start)).toBe(0);
  expect(await reachedBy(what, true, start)).toBeGreaterThan(0);
});

test('where the API server cannot be tried, nothing is started', async () => {
  await installed(false, async (installation, sandboxes) => {
    const env = { HOME: '/workspace', KUBERNETES_SERVICE_HOST: '' };
    const claiming = sandboxes.claim({ values: installation.run({ env }), ttl: 120 });
    expect(await refusal(claiming)).toMatchObject({ code: 'NetworkNotClosed' });
    expect(await sandboxes.list()).toEqual([]);
  });
});
