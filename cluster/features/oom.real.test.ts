import { sharedCluster, until, withNamespace } from '..';
import { idle, pod } from '../testing-only/pods';

jest.setTimeout(240_000);

interface EndedPod {
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state: { readonly terminated?: { readonly reason: string; readonly exitCode: number } };
    }[];
  };
}

test('a container that takes more memory than its limit is killed and says OOMKilled', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    const limited = {
      container: { resources: { limits: { memory: '20Mi' } } },
      spec: { restartPolicy: 'Never' },
    };
    // tail keeps all it has read of a line, and /dev/zero never ends one.
    await namespace.apply(pod('greedy', ['tail', '/dev/zero'], limited), pod('modest', idle, limited));
    const ended = await until('the greedy container to end', async () => {
      const { status } = await namespace.get<EndedPod>('pod', 'greedy');
      return status.containerStatuses?.[0]?.state.terminated;
    });
    expect(ended).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/modest', '--timeout=60s']);
  });
});
