import { sharedCluster } from '../../cluster';
import type { Job } from '../../imports/k8s';
import { killAtEveryMoment, seeThemEnd } from './cleanup';
import { MOMENTS } from './client';
import { RuntimeInstallation } from './runtime';

jest.setTimeout(600_000);

const TTL = 45;
/** What the controllers and the node may take on a busy machine; the Job itself stays for its time to live. */
const SLACK_MS = 30_000;

test('a client that is killed at any moment leaves nothing that outlives its expiry', async () => {
  const installation = await new RuntimeInstallation(await sharedCluster()).install();
  try {
    const killed = await killAtEveryMoment(installation, TTL);
    expect(killed.map(({ moment }) => moment).sort()).toEqual([...MOMENTS].sort());
    // The clients got far enough to leave something, or this would say nothing.
    expect(killed.filter(({ expiresAt }) => expiresAt !== undefined).length).toBeGreaterThanOrEqual(12);
    await seeThemEnd(installation, killed, false);
    const late = killed.filter(({ expiresAt = Date.now(), endedAt }) => endedAt > expiresAt + SLACK_MS);
    expect(late).toEqual([]);
    const path = `/apis/batch/v1/namespaces/${installation.sandboxNamespace}/jobs`;
    const { items } = await installation.cluster.api.call<{ items: Job[] }>('GET', path);
    for (const { spec } of items) expect(spec?.ttlSecondsAfterFinished).toBe(300);
  } finally {
    await installation.remove();
  }
});
