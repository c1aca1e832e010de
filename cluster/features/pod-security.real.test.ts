import { sharedCluster, withNamespace } from '..';
import { idle, pod } from '../testing-only/pods';

jest.setTimeout(240_000);

const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };

test('a namespace with level restricted admits a pod that satisfies it', async () => {
  await withNamespace(
    await sharedCluster(),
    async (namespace) => {
      await namespace.apply(pod('good', idle));
      await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/good', '--timeout=60s']);
    },
    { labels },
  );
});

test('a namespace with level restricted refuses a privileged pod and says why', async () => {
  await withNamespace(
    await sharedCluster(),
    async (namespace) => {
      const privileged = pod('bad', idle, { container: { securityContext: { privileged: true } } });
      const { code, stderr } = await namespace.kubectl(['create', '-f', '-'], {
        input: JSON.stringify(privileged),
        allowFailure: true,
      });
      expect(code).not.toBe(0);
      expect(stderr).toContain('violates PodSecurity "restricted');
      expect(stderr).toContain('privileged');
      // The control: the same call with a good pod is admitted.
      await namespace.kubectl(['create', '-f', '-'], { input: JSON.stringify(pod('good', idle)) });
    },
    { labels },
  );
});

test('RuntimeDefault puts a seccomp filter on the process, Unconfined leaves it off', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    const unconfined = { securityContext: { seccompProfile: { type: 'Unconfined' } } };
    await namespace.apply(pod('filtered', idle), pod('open', idle, { container: unconfined }));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s']);
    const mode = async (name: string) =>
      (await namespace.kubectl(['exec', name, '--', 'grep', '^Seccomp:', '/proc/1/status'])).stdout.trim();
    expect(await mode('filtered')).toBe('Seccomp:\t2');
    expect(await mode('open')).toBe('Seccomp:\t0');
  });
});

test('a read-only root refuses writes, a volume in it takes them', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    const fields = {
      container: { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
      spec: { volumes: [{ name: 'scratch', emptyDir: {} }] },
    };
    await namespace.apply(pod('still', idle, fields));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/still', '--timeout=60s']);
    const touch = (file: string) =>
      namespace.kubectl(['exec', 'still', '--', 'touch', file], { allowFailure: true });
    const refused = await touch('/tmp/file');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('Read-only file system');
    expect((await touch('/scratch/file')).code).toBe(0);
  });
});
