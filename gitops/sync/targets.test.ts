import type { Connection, Stored } from '../../kube';
import type { Application, InCluster } from '../api/application';
import type { Cluster } from '../api/cluster';
import { Fleet } from '../clusters/fleet';
import { ClusterLinks } from '../clusters/links';
import { Targets } from './targets';

/** How many clusters one Application may have, so that its status stays an object that can be written. */

const home = {} as Connection;
const named = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `c${from + n}`);

function targets(names: readonly string[]): Targets {
  const all = names.map(
    (name) => ({ metadata: { name, labels: { tier: 'live' } } }) as unknown as Stored<Cluster>,
  );
  const open = async () => ({ inNamespace: () => all, onChange: () => () => {} });
  return new Targets(new Fleet(open, { changed: () => {}, gone: () => {} }), new ClusterLinks());
}

const app = (entries: readonly string[]) =>
  ({
    metadata: { name: 'shop', namespace: 'team' },
    spec: { destination: { clusterSelector: { matchLabels: { tier: 'live' } } } },
    status: { clusters: entries.map((name) => ({ name }) as InCluster) },
  }) as unknown as Stored<Application>;

test.each([
  [128, 0],
  [128, 128],
  [1, 255],
])(
  '%i that are meant and %i that are not emptied yet are taken, and one more is not',
  async (meant, left) => {
    const entries = named(left, 1_000);
    const { wanted, leaving } = await targets(named(meant)).of(app(entries), home);
    expect([wanted.length, leaving.length]).toEqual([meant, left]);
    await expect(
      targets(named(meant + (left < 255 ? 1 : 0))).of(app([...entries, 'more']), home),
    ).rejects.toMatchObject({
      code: 'CLUSTERS_TOO_MANY',
    });
  },
);

test('none is told, whatever there was', async () => {
  await expect(targets([]).of(app(named(3)), home)).rejects.toMatchObject({ code: 'CLUSTERS_NONE' });
});
