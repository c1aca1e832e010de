import { sharedCluster, type TestNamespace, until, withNamespace } from '..';
import { ownImageArchive } from '../images/own-images';
import { askWith } from '../testing-only/ask-inside';
import { idle, pod } from '../testing-only/pods';

jest.setTimeout(240_000);

interface WaitingPod {
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly state: { readonly waiting?: { readonly reason: string; readonly message?: string } };
    }[];
  };
}

async function waitingReason(namespace: TestNamespace, name: string): Promise<string | undefined> {
  const { status } = await namespace.get<WaitingPod>('pod', name);
  return status.containerStatuses?.[0]?.state.waiting?.reason;
}

test('a pod pulls from the registry of the cluster, and one that names a missing image says so', async () => {
  const cluster = await sharedCluster();
  const registry = await cluster.registry();
  const image = await registry.push(await ownImageArchive('busybox'), 'team/shell:1');
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(
      pod('there', idle, { container: { image } }),
      pod('missing', idle, { container: { image: `${registry.address}/team/no-such-image:1` } }),
    );
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/there', '--timeout=60s']);
    await until(
      'the pull to fail',
      // Which of the two it is depends on the moment; to wait for the second takes a dozen seconds.
      async () => /^(ErrImagePull|ImagePullBackOff)$/.test((await waitingReason(namespace, 'missing')) ?? ''),
    );
    const { stdout } = await namespace.kubectl(['get', 'events', '-o', 'jsonpath={.items[*].message}']);
    expect(stdout).toContain('Successfully pulled image');
    expect(stdout).toContain('not found');
  });
});

test('an upload to the registry begins with its certificate, and not without', async () => {
  const cluster = await sharedCluster();
  const { address } = await cluster.registry();
  const upload = `https://${address}/v2/team/shell/blobs/uploads/`;
  expect(await askWith(cluster, undefined, upload, 'POST')).toMatch(/^E/);
  expect(await askWith(cluster, 'registry-client', upload, 'POST')).toMatch(/^202 /);
});

test('two pushes of one name at once both arrive', async () => {
  const cluster = await sharedCluster();
  const registry = await cluster.registry();
  const archive = await ownImageArchive('pause');
  const push = () => registry.push(archive, 'team/twice:1');
  const name = `${registry.address}/team/twice:1`;
  // Often enough to meet: each is a tenth of a second.
  expect(await Promise.all(Array.from({ length: 6 }, push))).toEqual(Array.from({ length: 6 }, () => name));
});
