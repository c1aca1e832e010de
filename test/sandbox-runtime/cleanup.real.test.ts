import { sharedCluster, until } from '../../cluster';
import type { Job } from '../../imports/k8s';
import { killAtEveryMoment, leak, lookFor, seeThemEnd } from './cleanup';
import { MOMENTS } from './client';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

jest.setTimeout(300_000);

const TTL = 45;
/** What the controllers and the node may take on a busy machine; the Job itself stays for its time to live. */
const SLACK_MS = 30_000;

let installation: RuntimeInstallation;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
});
afterAll(() => installation?.remove());

test('a client that is killed at any moment leaves nothing that outlives its expiry', async () => {
  await leak(installation, 'leak');
  const killed = await killAtEveryMoment(installation, TTL);
  expect(killed.map(({ moment }) => moment).sort()).toEqual([...MOMENTS].sort());
  // The clients got far enough to leave something, or this would say nothing.
  await seeThemEnd(installation, killed, false);
  expect(killed.filter(({ expiresAt }) => expiresAt !== undefined).length).toBeGreaterThanOrEqual(12);
  const late = killed.filter(({ expiresAt = Date.now(), endedAt }) => endedAt > expiresAt + SLACK_MS);
  expect(late).toEqual([]);
  const path = `/apis/batch/v1/namespaces/${installation.sandboxNamespace}/jobs`;
  const { items } = await installation.cluster.api.call<{ items: Job[] }>('GET', path);
  expect(items.length).toBeGreaterThan(0);
  for (const { spec } of items) expect(spec?.ttlSecondsAfterFinished).toBe(300);
  // Seen with the same eyes, what nothing ends is still there.
  const leftOf = await lookFor(installation.cluster, installation.policyNamespace);
  expect(leftOf('leak')).toMatchObject({ mayRun: true, exists: true });
});

test('a pod that is ending still is not taken for that of a new sandbox of the same name', async () => {
  const sandboxes = installation.sandboxes();
  const values = installation.run({ name: 'again' });
  const first = await sandboxes.claim({ values, ttl: 120 });
  await hold(first.podName);
  await first.close();
  try {
    const second = await sandboxes.claim({ values, ttl: 120 });
    expect(second.podName).not.toBe(first.podName);
    expect(await second.commands.run(['true'])).toMatchObject({ outcome: 'exited', exitCode: 0 });
    await second.close();
  } finally {
    // Fails unless it was there all the time.
    await patchFinalizers(first.podName, null);
    await sandboxes.close();
  }
});

/** A finalizer keeps the pod; the policy lets in none, so it is out of force meanwhile. */
async function hold(pod: string): Promise<void> {
  const bindings = installation.ofKind('ValidatingAdmissionPolicyBinding');
  for (const { metadata } of bindings) {
    await installation.cluster.kubectl(['delete', 'validatingadmissionpolicybinding', metadata.name]);
  }
  try {
    await until('the policy to let go', async () => {
      const { code } = await patchFinalizers(pod, ['drydock.dev/held'], true);
      return code === 0;
    });
  } finally {
    await installation.apply(bindings);
    await installation.untilPolicyHolds();
  }
}

function patchFinalizers(pod: string, finalizers: readonly string[] | null, allowFailure = false) {
  const change = JSON.stringify({ metadata: { finalizers } });
  const { cluster, sandboxNamespace } = installation;
  const args = ['-n', sandboxNamespace, 'patch', 'pod', pod, '--type=merge', '-p', change];
  return cluster.kubectl(args, { allowFailure });
}

test('who closes a sandbox that is gone does not delete another one of its name', async () => {
  const [mine, theirs] = [installation.sandboxes(), installation.sandboxes()];
  const values = installation.run({ name: 'same' });
  const first = await mine.claim({ values, ttl: 120 });
  await theirs.end('same');
  await within('the end of the first', first.ended);
  const second = await theirs.claim({ values, ttl: 120 });
  await expect(first.extend(300)).rejects.toMatchObject({ code: 'PodLost' });
  await first.close();
  await mine.close();
  expect(await second.commands.run(['echo', 'alive'])).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect((await theirs.list()).map(({ id }) => id)).toContain('same');
  await theirs.close();
});
