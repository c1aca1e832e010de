import fc from 'fast-check';
import { sharedCluster, startCluster, withNamespace } from '../../cluster';
import type { ConfigMap } from '../../imports/k8s';
import { Connection } from '../connection';
import { create } from '../create';
import { remove } from '../delete';
import { list } from '../list';
import { metadataHeaders, metadataOnly } from '../metadata-only';
import { requestBytes } from '../request';
import { Stores } from '../store/stores';
import { followStore } from '../testing-only/follow-store';
import { realSubject } from '../testing-only/real-subject';
import { configMaps, expectWatchLaw, namedScenarios, scenarios } from '../testing-only/watch-law';
import { watch } from './watch';

jest.setTimeout(300_000);

const configMap = (name: string): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test('the law of the watch holds on a real API server, through any faults', async () => {
  const cluster = await sharedCluster();
  const connection = new Connection({ kubeconfig: cluster.kubeconfig });
  let run = 0;
  await withNamespace(cluster, ({ name }) =>
    fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        run += 1;
        await expectWatchLaw(await realSubject(connection, name, `r${run}`), scenario, 30_000);
      }),
      {
        numRuns: Number(process.env.KUBE_LAW_RUNS ?? 30),
        endOnFailure: process.env.CI === 'true',
        examples: namedScenarios.map((scenario) => [scenario]),
      },
    ),
  );
  connection.close();
});

test('the same law holds for the readers of a store, and the server is one that has initial events', async () => {
  const cluster = await sharedCluster();
  const starts: string[] = [];
  const connection = new Connection({ kubeconfig: cluster.kubeconfig });
  const told = new Connection({
    kubeconfig: cluster.kubeconfig,
    hooks: { onEvent: (event) => void (event.type === 'call' && starts.push(event.resource)) },
  });
  let run = 0;
  await withNamespace(cluster, async ({ name }) => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        run += 1;
        await expectWatchLaw(await realSubject(connection, name, `s${run}`), scenario, 30_000, followStore);
      }),
      {
        numRuns: Number(process.env.KUBE_LAW_RUNS ?? 15),
        endOnFailure: process.env.CI === 'true',
        examples: namedScenarios.map((scenario) => [scenario]),
      },
    );
    // A list would be a call; the events of what exists come on the watch itself.
    const store = await new Stores(told).open(configMaps, { namespace: name });
    expect(store.get('kube-root-ca.crt', name)).toBeDefined();
    expect(starts).toEqual([]);
  });
  told.close();
  connection.close();
});

test('a watch survives the death and the return of its API server, and misses nothing', async () => {
  const cluster = await startCluster({ controlPlaneOnly: true });
  const connection = new Connection({ kubeconfig: cluster.kubeconfig });
  try {
    await create(connection, configMaps, configMap('before'));
    const timing = { stallMs: 20_000, firstBackoffMs: 50, longestBackoffMs: 500 };
    const watching = watch(connection, configMaps, {
      timing,
      fieldSelector: 'metadata.name!=kube-root-ca.crt',
    });
    const told: string[] = [];
    const read = async (wanted: string) => {
      while (told.at(-1) !== wanted) {
        const { value } = await watching.next();
        told.push(value!.type === 'synced' ? 'synced' : `${value!.type} ${value!.object.metadata.name}`);
      }
    };
    await read('synced');
    await cluster.kill('apiserver');
    const lost = watching.status();
    expect(lost.phase).not.toBe('ended');
    await cluster.restart('apiserver');
    const late = new Connection({ kubeconfig: cluster.kubeconfig });
    await untilDone(() => remove(late, configMaps, { name: 'before' }));
    await create(late, configMaps, configMap('after'));
    await read('added after');
    expect(told).toEqual(['added before', 'synced', 'deleted before', 'added after']);
    expect(watching.status()).toMatchObject({ phase: 'watching', failures: 0 });
    late.close();
  } finally {
    connection.close();
    await cluster.stop();
  }
});

async function untilDone(act: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      await act();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

test('of metadata alone the server sends no more than that, in a list and in a watch that begins with its events', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async ({ name: namespace }) => {
    const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace });
    const of = metadataOnly(configMaps);
    const long = 'x'.repeat(100_000);
    const whole = { ...configMap('long'), data: { long } };
    await create(connection, configMaps, whole);
    const asked = { method: 'GET', resource: 'configmaps', idempotent: true } as const;
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const sent = await requestBytes(connection, {
      ...{ ...asked, path },
      ...metadataHeaders(of, 'PartialObjectMetadataList'),
    });
    expect(sent.toString()).toContain('"kind":"PartialObjectMetadataList"');
    expect(sent.length).toBeLessThan(10_000);
    const { items } = await list(connection, of);
    expect(items.find(({ metadata }) => metadata.name === 'long')).toEqual({
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata: expect.objectContaining({ name: 'long', namespace }),
    });
    const stores = new Stores(connection);
    const store = await stores.open(of);
    expect(store.get('long', namespace)).toEqual(items.find(({ metadata }) => metadata.name === 'long'));
    const heard = new Promise<unknown>((resolve) => store.onChange(resolve));
    await create(connection, configMaps, { ...configMap('later'), data: { long } });
    expect(await heard).toMatchObject({
      type: 'added',
      object: { kind: 'ConfigMap', metadata: { name: 'later' } },
    });
    expect(store.get('later', namespace)).not.toHaveProperty('data');
    connection.close();
  });
});
