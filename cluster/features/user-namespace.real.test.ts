import { sharedCluster, withNamespace } from '..';
import { idle, pod } from '../testing-only/pods';

jest.setTimeout(240_000);

test('hostUsers: false maps root of the pod to another user of the machine', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    await namespace.apply(
      pod('shifted', idle, { spec: { hostUsers: false } }),
      pod('plain', idle, { spec: { hostUsers: true } }),
    );
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s']);
    const firstOutside = async (name: string) => {
      const { stdout } = await namespace.kubectl(['exec', name, '--', 'cat', '/proc/self/uid_map']);
      return Number(stdout.trim().split(/\s+/)[1]);
    };
    expect(await firstOutside('plain')).toBe(0);
    expect(await firstOutside('shifted')).toBeGreaterThanOrEqual(65536);
  });
});
