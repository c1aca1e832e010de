import type { Told } from '../../controller';
import { type Connection, KubeError, type Stored } from '../../kube';
import type { Cluster, ClusterStatus } from '../api/cluster';
import { FleetWorld, NAMESPACE } from '../testing-only/fleet-world';
import { inWordsOfCluster } from './cause';
import { ClusterSyncer, clusterStatus } from './cluster-syncer';
import { ClusterLinks, type Link } from './links';

/** What is said of a cluster, and who is told when that changes. */

let world: FleetWorld;
beforeEach(async () => {
  world = await FleetWorld.start(['east'], { clusters: ['east'] });
});
afterEach(() => world.close());

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const east = () => world.clusters.get('east')!;
const ready = (status: ClusterStatus | undefined) => {
  const { status: is, reason } = status?.conditions?.find(({ type }) => type === 'Ready') ?? {};
  return [is, reason];
};

/** A reconcile of a Cluster, which keeps the status that was said. */
function syncer(links = world.links) {
  const changed: string[] = [];
  const told: Told[] = [];
  let cluster = east();
  const one = new ClusterSyncer(links, (namespace) => changed.push(namespace));
  const look = async () => {
    const again = await one.reconcile(cluster, {
      ...world.context(),
      tell: (event) => void told.push(event),
      status: async (status) => {
        cluster = { ...cluster, status: status as ClusterStatus };
      },
    });
    return again?.afterMs;
  };
  return { look, changed, told, status: () => cluster.status };
}

test('a cluster that answers is ready, with its version; one that does not is told once, and looked at sooner', async () => {
  const { look, changed, told, status } = syncer();
  expect(await look()).toBe(30_000);
  expect(status()).toMatchObject({ version: 'v1.34.0', lastSeen: expect.any(String) });
  expect([ready(status()), changed]).toEqual([['True', 'Reachable'], [NAMESPACE]]);
  await look();
  expect(changed).toHaveLength(1);

  world.places.get('east')!.isAway = true;
  expect(await look()).toBe(5_000);
  await look();
  expect([ready(status()), changed.length, told.length]).toEqual([['False', 'ClusterDenied'], 2, 1]);
  // What was known of it stays said.
  expect(status()).toMatchObject({ version: 'v1.34.0', lastSeen: expect.any(String) });
  world.places.get('east')!.isAway = false;
  await look();
  expect([ready(status()), changed.length]).toEqual([['True', 'Reachable'], 3]);
});

test('of one look that goes on all who ask have the answer, and of one that has ended for a while', async () => {
  const { seen } = world.places.get('east')!.server;
  const of = (maxAgeMs: number) => world.links.of(world.homeConnection, east(), maxAgeMs);
  await Promise.all([of(0), of(0), of(60_000)]);
  expect(seen).toHaveLength(1);
  await of(60_000);
  expect(seen).toHaveLength(1);
  await of(0);
  expect(seen).toHaveLength(2);
  world.links.doubt(world.homeConnection, east());
  await of(60_000);
  expect([seen.length, world.doubted]).toEqual([3, [`${NAMESPACE}/east`]]);
  const { metadata } = east();
  const changed = { ...east(), metadata: { ...metadata, generation: 2 } };
  await world.links.of(world.homeConnection, changed, 60_000);
  expect(seen).toHaveLength(4);
});

test('a Cluster that is deleted has no connection any more', async () => {
  const { connection, lost } = await world.links.of(world.homeConnection, east(), 0);
  world.links.forget(world.homeConnection, `${NAMESPACE}/east`);
  expect([connection.closing.aborted, lost.aborted]).toEqual([true, true]);
});

test('the cluster of the controller is reached as the controller, and its connection is not ended', async () => {
  const home = { ...east(), spec: { inCluster: true } } as Stored<Cluster>;
  const { connection } = await world.links.of(world.homeConnection, home, 0);
  expect(connection).toBe(world.homeConnection);
  world.links.forget(world.homeConnection, `${NAMESPACE}/east`);
  expect(connection.closing.aborted).toBe(false);
});

test('where the Secret cannot be read for the moment, the cluster is not lost', async () => {
  const { connection, lost } = await world.links.of(world.homeConnection, east(), 0);
  world.home.isAway = true;
  await expect(world.links.of(world.homeConnection, east(), 0)).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
  });
  expect([connection.closing.aborted, lost.aborted]).toEqual([false, false]);
  world.home.isAway = false;
  expect((await world.links.of(world.homeConnection, east(), 0)).connection).toBe(connection);
});

test('a kubeconfig that is refused says what of it, and nothing that is in it', async () => {
  const links = new ClusterLinks();
  world.writeSecret(
    'east',
    '{"clusters": [{"name": "c", "cluster": {"server": "https://a"}}], "users": [{"name": "u", "user": {"token": "sesame-1234", "exec": {"command": "sh"}}}], "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}], "current-context": "x"}',
  );
  const refused = await links.of(world.homeConnection, east(), 0).catch((error: Error) => error);
  expect(refused).toMatchObject({ code: 'KUBECONFIG_REFUSED', where: `Secret ${NAMESPACE}/east` });
  expect((refused as Error).message).toContain('`exec`');
  expect((refused as Error).message).not.toContain('sesame');
});

test.each([
  ['UNREACHABLE', 'CLUSTER_UNREACHABLE'],
  ['DEADLINE_EXCEEDED', 'CLUSTER_UNREACHABLE'],
  ['CERTIFICATE_UNTRUSTED', 'CLUSTER_UNREACHABLE'],
  ['UNAUTHENTICATED', 'CLUSTER_DENIED'],
  ['FORBIDDEN', 'CLUSTER_DENIED'],
  ['CREDENTIALS_FAILED', 'CLUSTER_DENIED'],
  ['KUBECONFIG_INVALID', 'KUBECONFIG_REFUSED'],
] as const)('%s is told as %s', (code, own) => {
  const facts = { where: 'w', found: 'f', expected: 'e', remedy: 'r' };
  expect(inWordsOfCluster(east(), new KubeError(code, facts)).code).toBe(own);
  expect(inWordsOfCluster(east(), new TypeError('odd')).code).toBe('CLUSTER_UNREACHABLE');
});

test('the same found again within a minute is the same status, and later another time', () => {
  const server = new URL('https://a:6443');
  const link = {
    version: 'v1',
    connection: { server } as Connection,
    lost: new AbortController().signal,
  } as Link;
  const first = clusterStatus(east(), link, at(0));
  const again = (seconds: number) => clusterStatus({ ...east(), status: first }, link, at(seconds));
  expect(again(59)).toEqual(first);
  expect(again(61)).toEqual({ ...first, lastSeen: '2026-01-01T00:01:01Z' });
  // A clock that was put back.
  expect(again(-3_600).lastSeen).toBe('2025-12-31T23:00:00Z');
});
