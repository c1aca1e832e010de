import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { type Cluster as Embedded, startCluster, until } from '../../cluster';
import { clusters } from '../../gitops';
import { get } from '../../kube';
import { runRealLaw } from './law/real-law';
import { configMaps, ended, type Followed, gitopsWorld } from './world';

jest.setTimeout(600_000);

/** One Application in two clusters with an API server each, of which one is paused, refused, and taken out. */

const world = gitopsWorld();
let west: Embedded;
let folder: string;
let controller: ReturnType<typeof world.startController>;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-clusters-'));
  west = await startCluster({ controlPlaneOnly: true });
  controller = world.startController();
});
afterAll(async () => {
  await west?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Of it come steps of most kinds. */
const SCHEDULES_SEED = 20_261_130;
const WITHIN = { withinMs: 240_000, everyMs: 200 };

/** An Application that goes to the cluster of the controller, as `home`, and to the other one, as `west`. */
async function spread(maps: Readonly<Record<string, string>>, more: object = {}): Promise<Followed> {
  const destination = { clusterSelector: { matchLabels: { tier: 'live' } } };
  const app = await world.follow({ 'app/a.yaml': configMaps(maps) }, {}, { destination, ...more });
  await west.kubectl(['create', 'namespace', app.namespace]);
  await writeSecret(app, readFileSync(west.kubeconfig, 'utf8'));
  for (const [name, spec] of [
    ['home', { inCluster: true }],
    ['west', { kubeconfig: { secret: 'west' } }],
  ] as const) {
    await apply(app, {
      ...{ apiVersion: 'ajj.io/v1', kind: 'Cluster', metadata: { name, labels: { tier: 'live' } } },
      spec: { ...spec, interval: '1s', timeout: '2s' },
    });
  }
  return app;
}

async function apply(app: Followed, object: object): Promise<void> {
  const input = JSON.stringify(object);
  await world.cluster().kubectl(['apply', '-n', app.namespace, '-f', '-'], { input });
}

function writeSecret(app: Followed, kubeconfig: string): Promise<void> {
  return apply(app, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'west' }, stringData: { kubeconfig } },
  });
}

async function inWest({ namespace }: Followed): Promise<Record<string, string>> {
  const { stdout } = await west.kubectl(['get', 'configmaps', '-n', namespace, '-o', 'json']);
  const { items } = JSON.parse(stdout) as {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly data: { readonly x: string };
    }[];
  };
  const ours = items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
  return Object.fromEntries(ours.map(({ metadata, data }) => [metadata.name, data.x]));
}

const entry = (status: Awaited<ReturnType<Followed['healthyAt']>>, name: string) =>
  status.clusters?.find((one) => one.name === name);

/** Waits until the Cluster says why it is not ready, or that it is. */
async function untilReady({ namespace, said }: Followed, name: string, reason: string) {
  const look = async () => {
    const one = await get(world.connection(), clusters, { namespace, name });
    const ready = one.status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.reason === reason ? { ...one, ready } : undefined;
  };
  return until(`Cluster ${name} to say ${reason}`, look, { ...WITHIN, explain: async () => said() });
}

test('with one API server paused the other has the commit, and both have it when that one goes on', async () => {
  const app = await spread({ a: '1', b: '1' });
  const first = app.repository.head();
  // The selector meets one of them a moment before the other.
  const status = await app.until('both to have the commit', (one) => {
    return one.clusters?.length === 2 && one.phase === 'Healthy' && one.lastAppliedRevision === first;
  });
  expect([await app.configMaps(), await inWest(app)]).toEqual([
    { a: '1', b: '1' },
    { a: '1', b: '1' },
  ]);
  expect(status).toMatchObject({ sync: 'Synced', inventory: 4 });
  expect(status.clusters?.map(({ name, revision }) => [name, revision])).toEqual([
    ['home', first],
    ['west', first],
  ]);
  const { status: seen } = await untilReady(app, 'west', 'Reachable');
  expect(seen).toMatchObject({ version: expect.stringMatching(/^v1\.34/), lastSeen: expect.any(String) });
  const row = await app.kubectl('get', 'clusters.ajj.io', 'west', '--no-headers');
  expect(row.split(/\s+/).slice(0, 4)).toEqual(['west', 'True', 'Reachable', seen?.version]);

  await west.pause('apiserver');
  const second = app.repository.commit({ 'app/a.yaml': configMaps({ a: '2', c: '1' }) });
  const apart = await app.until('the one to have it and the other to be told', (one) => {
    return entry(one, 'home')?.revision === second && entry(one, 'west')?.sync === 'Unknown';
  });
  expect(await app.configMaps()).toEqual({ a: '2', c: '1' });
  expect(apart).toMatchObject({ phase: 'Degraded', sync: 'Unknown', lastAppliedRevision: first });
  expect(entry(apart, 'west')).toMatchObject({ health: 'Unknown', revision: first });
  await untilReady(app, 'west', 'ClusterUnreachable');
  // While it is away the other goes on.
  const third = app.repository.commit({ 'app/a.yaml': configMaps({ a: '3', c: '1' }) });
  await app.until('the next commit', (one) => entry(one, 'home')?.revision === third);

  await west.resume('apiserver');
  const together = await app.healthyAt(third);
  expect([await app.configMaps(), await inWest(app)]).toEqual([
    { a: '3', c: '1' },
    { a: '3', c: '1' },
  ]);
  expect(together).toMatchObject({ sync: 'Synced', inventory: 4 });
});

test('a kubeconfig that runs a program is refused and runs nothing; the good one again is well by itself', async () => {
  const app = await spread({ a: '1' });
  await app.healthyAt(app.repository.head());
  const good = readFileSync(west.kubeconfig, 'utf8');
  const trace = path.join(folder, 'it-ran');
  const parsed = parse(good) as { users: { name: string; user: object }[] };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'Never',
    command: 'touch',
    args: [trace],
  };
  const users = parsed.users.map(({ name }) => ({ name, user: { exec } }));
  await writeSecret(app, JSON.stringify({ ...parsed, users }));
  const { ready } = await untilReady(app, 'west', 'KubeconfigRefused');
  expect(ready).toMatchObject({ status: 'False', message: expect.stringContaining('`exec`') });
  await app.until('it to be told', (one) => entry(one, 'west')?.reason === 'KubeconfigRefused');
  expect(existsSync(trace)).toBe(false);
  await app.kubectl('delete', 'secret', 'west');
  await untilReady(app, 'west', 'SecretMissing');
  await writeSecret(app, good);
  await untilReady(app, 'west', 'Reachable');
  await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: '2' }) }));
  expect(await inWest(app)).toEqual({ a: '2' });
});

test('in each cluster it is done in the name of the account there, and drift in one is mended in that one', async () => {
  const app = await spread({ a: '1' }, { serviceAccount: 'deployer' });
  const { namespace } = app;
  // What each cluster says is told as it is known, and what both come to after that.
  await app.until('both to be refused', ({ clusters: all = [], phase }) => {
    const areRefused = all.length === 2 && all.every(({ message }) => message?.includes('RIGHTS_MISSING'));
    return areRefused && phase === 'Degraded';
  });
  const verbs = '--verb=get,list,watch,create,patch,delete';
  const what = '--resource=secrets,configmaps,leases.coordination.k8s.io';
  for (const { kubectl } of [world.cluster(), west].map((one) => ({
    kubectl: (...args: readonly string[]) => one.kubectl(['-n', namespace, ...args]),
  }))) {
    await kubectl('create', 'serviceaccount', 'deployer');
    await kubectl('create', 'role', 'deployer', verbs, what);
    await kubectl(
      'create',
      'rolebinding',
      'deployer',
      '--role=deployer',
      `--serviceaccount=${namespace}:deployer`,
    );
  }
  await app.healthyAt(app.repository.head());
  await west.kubectl([
    'patch',
    'configmap',
    'a',
    '-n',
    namespace,
    '--type=merge',
    '-p',
    '{"data":{"x":"hand"}}',
  ]);
  await until('it to be put right', async () => (await inWest(app)).a === '1', WITHIN);
});

test('a cluster that is no longer meant is emptied; a deletion waits for one that is away until a person forgets it', async () => {
  const app = await spread({ a: '1' });
  await app.healthyAt(app.repository.head());
  await app.kubectl('label', 'clusters.ajj.io', 'west', 'tier-');
  await app.until(
    'it to be taken out',
    ({ clusters: all = [], phase }) => all.length === 1 && phase === 'Healthy',
  );
  expect([await app.configMaps(), await inWest(app)]).toEqual([{ a: '1' }, {}]);
  await app.kubectl('label', 'clusters.ajj.io', 'west', 'tier=live');
  await until('it to be there again', async () => (await inWest(app)).a === '1', WITHIN);
  await app.until(
    'it to be told',
    ({ clusters: all = [], phase }) => all.length === 2 && phase === 'Healthy',
  );

  await west.pause('apiserver');
  await app.kubectl('delete', 'application.ajj.io', 'shop', '--wait=false');
  const waiting = await app.until('the deletion to wait', ({ message }) =>
    /waits for 1 cluster/.test(message ?? ''),
  );
  expect([await app.configMaps(), waiting.clusters?.map(({ name }) => name)]).toEqual([{}, ['west']]);
  await app.kubectl('annotate', 'application.ajj.io', 'shop', 'ajj.io/forget-clusters=west');
  await app.kubectl('wait', '--for=delete', 'application.ajj.io/shop', '--timeout=240s');
  await west.resume('apiserver');
  expect(await inWest(app)).toEqual({ a: '1' });
});

// Three API servers go through hundreds of them for docs/evidence/gitops-laws-real.md.
test('some schedules of the law hold on real API servers', async () => {
  // Here the schedules say when there is a controller.
  await ended(controller, 'SIGTERM');
  const home = world.cluster().kubeconfig;
  const tally = new Map<string, number>();
  await runRealLaw({ home, east: home, west: west.kubeconfig }, 6, SCHEDULES_SEED, false, tally);
  expect(tally.get('reconcile')).toBeGreaterThan(0);
});
