import { kubeApi } from '../../deploy/cluster/kube-api';
import { releaseOf } from '../../deploy/inventory/names';
import { ReleaseStore } from '../../deploy/inventory/release-store';
import { collect } from '../../deploy/objects/collect';
import { type ApplyHow, applySet } from '../../deploy/run/apply-set';
import { FaultyApi } from '../../deploy/testing-only/faulty-api';
import { resource } from '../../kube';
import { configMap, onCluster } from './on-cluster';

jest.setTimeout(240_000);
const { deployerIn } = onCluster();
const leases = resource('coordination.k8s.io/v1', 'Lease');
const how: ApplyHow = {
  ...{ adopt: false, forceConflicts: false, recreate: [], prune: true, allowPrune: true, allowPruneOf: [] },
  ...{ wait: true, foreground: false, history: 3 },
};

test('a run that is paused at any call, and wakes up after another has taken over, changes nothing of that one', async () => {
  const { connection, kubectl } = await deployerIn();
  const api = kubeApi(connection);
  const release = releaseOf('shop', connection.namespace);
  const lock = { durationMs: 15_000, waitMs: 0, everyMs: 100 };
  const engine = { api, release, lock, onEvent: () => {}, timeoutMs: 20_000 };
  const apply = (...set: object[]) => applySet(engine, collect(set), how);
  const members = async () => {
    const label = `applyset.kubernetes.io/part-of=${release.id}`;
    const listed = await kubectl('get', 'configmap', '-l', label, '-o', 'json');
    const { items } = JSON.parse(listed) as { items: Array<{ metadata: { name: string }; data?: object }> };
    return items.map(({ metadata: { name }, data = {} }) => `${name} ${JSON.stringify(data)}`).sort();
  };
  const at = { namespace: release.namespace, name: release.parent };
  const theirs = [configMap('a', { x: '1' }), configMap('b'), configMap('d')];
  const ours = [configMap('a', { x: '2' }), configMap('c')];
  const wanted = ['a {"x":"2"}', 'c {}'];
  /** As if a lock that is left had not been renewed for a minute. */
  const silence = async () => {
    const renewTime = new Date(Date.now() - 60_000).toISOString().replace('Z', '000Z');
    if (await api.get(leases, at)) await api.change(leases, at, { spec: { renewTime } });
  };
  let paused = 0;
  for (let call = 1; ; call += 1) {
    await apply(configMap('a', { x: '0' }), configMap('b'), configMap('c'));
    const sleeper = new FaultyApi(api, { at: call, what: 'pause', acted: false });
    await applySet({ ...engine, api: sleeper.api }, collect(theirs), how).catch(() => undefined);
    if (!sleeper.late) break;
    paused += 1;
    await silence();
    await apply(...ours);
    expect(await members()).toEqual(wanted);
    await sleeper.late.say();
    await silence();
    const late = await members();
    expect([call, late.filter((one) => !one.startsWith('d '))]).toEqual([call, wanted]);
    const { inventory } = await new ReleaseStore(api, release).read();
    for (const one of late) expect(inventory.map(({ name }) => name)).toContain(one.split(' ')[0]);
    await apply(...ours);
    expect(await members()).toEqual(wanted);
  }
  expect(paused).toBeGreaterThan(15);
});
