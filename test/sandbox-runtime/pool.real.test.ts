import { sharedCluster, until } from '../../cluster';
import type { Job } from '../../imports/k8s';
import { Connection, get, type Patch, patch, resource } from '../../kube';
import type { Sandboxes } from '../../sandbox';
import { POOL_MARKS } from '../../sandbox/spec';
import { RuntimeInstallation } from './runtime';

// The scheduler of the law is not the API server's, nor is its policy: here both are real.

jest.setTimeout(180_000);

const WARM = 3;
const jobs = resource<Job>('batch/v1', 'Job');
let installation: RuntimeInstallation;
let programs: Sandboxes[];
let connection: Connection;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  const pool = { warm: WARM, values: installation.run() };
  programs = [1, 2].map(() => installation.sandboxes({ pool }));
  connection = new Connection({
    kubeconfig: installation.kubeconfig,
    namespace: installation.sandboxNamespace,
  });
  await Promise.all(programs.map((one) => one.warmUp(120_000)));
});
afterAll(async () => {
  await Promise.all(programs?.map((one) => one.close()) ?? []);
  connection?.close();
  await installation?.remove();
});

const listed = async () => (await programs[0]!.list()).map(({ id, pool }) => ({ id, pool }));
const inState = async (state: string) => (await listed()).filter(({ pool }) => pool === state);
const at = (name: string) => ({ namespace: installation.sandboxNamespace, name });

/** What the API server says to a change, in the words of the policy. */
async function answerTo(name: string, change: Patch): Promise<string> {
  return patch(connection, jobs, at(name), change).then(
    () => 'admitted',
    (error: Error) => error.message,
  );
}

test('each program has its share, and a claim is warm, runs commands and has its own labels and variables', async () => {
  expect(await inState('warm')).toHaveLength(2 * WARM);
  const sandbox = await until('a claim is warm', async () => {
    const values = { ...installation.run(), env: { TASK: '7' } };
    const one = await programs[0]!.claim({ values, labels: { build: '42' }, ttl: 300 });
    if (one.info.way === 'warm') return one;
    // On a machine that is busy for seconds it may be cold, and says so.
    await one.close();
    throw new Error(JSON.stringify(one.info));
  });
  expect((await sandbox.commands.shell('id -u; echo $TASK')).stdout.text).toBe('10001\n7\n');
  const { metadata, spec, status } = await get(connection, jobs, at(sandbox.id));
  expect(metadata.labels).toMatchObject({ build: '42', [POOL_MARKS.state]: 'claimed' });
  const leftMs = Date.parse(status!.startTime!) + spec!.activeDeadlineSeconds! * 1000 - Date.now();
  expect(leftMs).toBeLessThanOrEqual(303_000);
  await sandbox.extend(600);
  await sandbox.close({ wait: true });
  await programs[0]!.warmUp(120_000);
});

test('claims of two programs at once get a sandbox each, warm ones among them, and no two the same', async () => {
  const claims = programs.flatMap((one) =>
    Array.from({ length: WARM }, () => one.claim({ values: installation.run(), ttl: 300 })),
  );
  const sandboxes = await Promise.all(claims);
  expect(new Set(sandboxes.map(({ id }) => id)).size).toBe(2 * WARM);
  expect(sandboxes.map(({ info }) => info.way)).toContain('warm');
  const printed = await Promise.all(
    sandboxes.map(async ({ id, commands }) => (await commands.run(['echo', id])).stdout.text === `${id}\n`),
  );
  expect(printed).not.toContain(false);
  await Promise.all(sandboxes.map((one) => one.close()));
  await Promise.all(programs.map((one) => one.warmUp(120_000)));
  await until('both shares are warm again', async () => (await inState('warm')).length === 2 * WARM);
});

test('what a manager that was taken over does to the marks of others is denied', async () => {
  const sandbox = await programs[0]!.claim({ values: installation.run(), ttl: 300 });
  const [member] = await inState('warm');
  const labels = (marks: Record<string, string | null>) => ({ merge: { metadata: { labels: marks } } });
  const denied: readonly (readonly [string, Patch])[] = [
    [sandbox.id, labels({ [POOL_MARKS.owner]: 'another' })],
    [sandbox.id, labels({ [POOL_MARKS.nonce]: 'another' })],
    [sandbox.id, labels({ [POOL_MARKS.state]: 'warm' })],
    [sandbox.id, labels({ [POOL_MARKS.state]: 'retired' })],
    [sandbox.id, labels({ [POOL_MARKS.state]: null, [POOL_MARKS.owner]: null, [POOL_MARKS.nonce]: null })],
    [member!.id, labels({ [POOL_MARKS.state]: 'claimed' })],
    [member!.id, labels({ [POOL_MARKS.state]: 'ours' })],
    [member!.id, labels({ [POOL_MARKS.id]: 'another' })],
    [member!.id, labels({ [POOL_MARKS.holder]: 'another' })],
    [member!.id, labels({ [POOL_MARKS.owner]: 'another' })],
    [member!.id, labels({ 'pool.drydock.dev/more': 'x' })],
    [member!.id, { merge: { spec: { activeDeadlineSeconds: 900 } } }],
  ];
  for (const [name, change] of denied) {
    expect(`${JSON.stringify(change)}: ${await answerTo(name, change)}`).toMatch(
      /denied request: (metadata\.labels|spec\.activeDeadlineSeconds)/,
    );
  }
  // Its twins: what the runtime itself does.
  const claim = { [POOL_MARKS.state]: 'claimed', [POOL_MARKS.owner]: 'me', [POOL_MARKS.nonce]: 'x' };
  expect(await answerTo(member!.id, labels(claim))).toBe('admitted');
  expect(await answerTo(sandbox.id, { merge: { spec: { activeDeadlineSeconds: 400 } } })).toBe('admitted');
  await Promise.all([sandbox.close(), programs[0]!.end(member!.id)]);
  await Promise.all(programs.map((one) => one.warmUp(120_000)));
});

test('a program that is closed leaves nothing warm, and what the other has is untouched', async () => {
  const sandbox = await programs[1]!.claim({ values: installation.run(), ttl: 300 });
  await programs[0]!.close();
  await until('only one share is left', async () => {
    const one = await programs[1]!.list();
    return (
      one.filter(({ pool }) => pool === 'warm').length === WARM && !one.some(({ pool }) => pool === 'retired')
    );
  });
  expect((await sandbox.commands.run(['true'])).ok).toBe(true);
});
