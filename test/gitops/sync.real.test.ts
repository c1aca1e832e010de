import { until } from '../../cluster';
import { guideTests } from './guide';
import { configMaps, ended, gitopsWorld, neverHealthy } from './world';

jest.setTimeout(600_000);

/** From a push to a cluster, with a real git server, a real API server, and the controller as processes. */

const world = gitopsWorld();
let leader: ReturnType<typeof world.startController>;
beforeAll(() => {
  leader = world.startController();
});

const condition = (
  status: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
    }[];
  },
  type: string,
) => status.conditions?.find((one) => one.type === type)?.status;

test('a commit is in the cluster, a change of it too, what it no longer has goes, and all of it with the Application', async () => {
  const app = await world.follow({
    'app/a.yaml': configMaps({ a: '1', b: '1' }),
    'other/c.yaml': configMaps({ c: '1' }),
  });
  await app.kubectl('create', 'configmap', 'foreign', '--from-literal=x=mine');
  const first = await app.healthyAt(app.repository.head());
  expect(await app.configMaps()).toEqual({ a: '1', b: '1', foreign: 'mine' });
  expect(first).toMatchObject({ sync: 'Synced', health: 'Healthy', inventory: 2, observedGeneration: 1 });
  expect(['Ready', 'Healthy', 'Reconciling', 'Stalled'].map((type) => condition(first, type))).toEqual([
    ...['True', 'True', 'False', 'False'],
  ]);
  await app.kubectl('wait', '--for=condition=Ready', 'application.ajj.io/shop', '--timeout=60s');
  const row = await app.kubectl('get', 'application.ajj.io', 'shop', '--no-headers');
  expect(row.split(/\s+/).slice(0, 5)).toEqual(['shop', 'Healthy', 'Synced', 'Healthy', '2']);

  await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: '2', d: '1' }) }));
  expect(await app.configMaps()).toEqual({ a: '2', d: '1', foreign: 'mine' });

  // A force-push to a history that has nothing in common.
  const before = app.repository.head();
  app.repository.git(['update-ref', '-d', 'refs/heads/main']);
  const forced = app.repository.commit({ 'app/a.yaml': configMaps({ a: '3', e: '1' }) });
  const status = await app.healthyAt(forced);
  expect(await app.configMaps()).toEqual({ a: '3', e: '1', foreign: 'mine' });
  expect(status.history?.map(({ revision, outcome }) => [revision, outcome]).slice(0, 2)).toEqual([
    [forced, 'Applied'],
    [before, 'Applied'],
  ]);

  // For a commit that touches other folders nothing is written, neither to the objects nor to the Application.
  const version = await app.kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.metadata.resourceVersion}');
  const files = { 'app/a.yaml': configMaps({ a: '3', e: '1' }), 'read.me': 'x' };
  const elsewhere = app.repository.commit(files);
  await until('that commit to be seen', async () => app.said().includes(elsewhere), { withinMs: 120_000 });
  const next = await app.healthyAt(app.repository.commit({ ...files, 'app/b.yaml': configMaps({ b: '1' }) }));
  expect(next.history?.map(({ revision }) => revision).slice(1, 3)).toEqual([forced, before]);
  expect(await app.kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.metadata.resourceVersion}')).toBe(
    version,
  );

  // Five more commits: history keeps five.
  for (const x of ['4', '5', '6', '7'])
    await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: x }) }));
  expect((await app.get()).status?.history).toHaveLength(5);

  await app.delete();
  expect(await app.configMaps()).toEqual({ foreign: 'mine' });
  // Nothing is left of what was remembered.
  expect(await app.kubectl('get', 'secrets', '-o', 'jsonpath={.items[*].metadata.name}')).toBe('git');
});

test('what is edited or deleted by hand is put right when it happens, not at the next interval', async () => {
  const files = { 'app/a.yaml': configMaps({ a: '1', b: '1' }) };
  const app = await world.follow(files, { interval: '24h' });
  await app.healthyAt(app.repository.head());
  await app.kubectl('patch', 'configmap', 'a', '--type=merge', '-p', '{"data":{"x":"hand"}}');
  await app.kubectl('delete', 'configmap', 'b');
  await until(
    'it to be put right',
    async () => JSON.stringify(await app.configMaps()) === '{"a":"1","b":"1"}',
    {
      withinMs: 240_000,
    },
  );
});

test('a repository, a branch or a Secret that has gone is told, keeps what runs, and is well again by itself', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) });
  const head = app.repository.head();
  await app.healthyAt(head);
  const degraded = (reason: string) =>
    app.until(`${reason} to be told`, ({ phase, sync, conditions = [] }) => {
      const ready = conditions.find(({ type }) => type === 'Ready');
      return (
        phase === 'Degraded' && sync === 'Unknown' && ready?.reason === reason && ready.status === 'False'
      );
    });

  app.repository.git(['update-ref', '-d', 'refs/heads/main']);
  await degraded('BranchMissing');
  app.repository.git(['update-ref', 'refs/heads/main', head]);
  await app.healthyAt(head);

  await app.kubectl('delete', 'secret', 'git');
  await degraded('SecretMissing');
  const { username, password, ca } = world.server;
  const literals = Object.entries({ username, password: 'wrong', 'ca.crt': ca });
  const create = (entries: typeof literals) =>
    app.kubectl(
      'create',
      'secret',
      'generic',
      'git',
      ...entries.map(([key, value]) => `--from-literal=${key}=${value}`),
    );
  await create(literals);
  const status = await degraded('SourceDenied');
  expect(status.message).toContain('`spec.source.secret`');
  await app.kubectl('delete', 'secret', 'git');
  await create(
    [...literals, ['password', password]].filter(([, value]) => value !== 'wrong') as typeof literals,
  );
  await app.healthyAt(head);

  const port = await world.server.away();
  await degraded('SourceUnreachable');
  await world.server.start(port);
  await app.healthyAt(head);
  expect(await app.configMaps()).toEqual({ a: '1' });
});

test('a commit that never becomes healthy gives way to the one that mends it, and to a deletion', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) }, { timeout: '2h' });
  await app.healthyAt(app.repository.head());
  const sick = { 'app/a.yaml': configMaps({ a: '2' }), 'app/web.yaml': neverHealthy('web') };
  const second = app.repository.commit(sick);
  await app.until(
    'the wait to begin',
    (one) => one.phase === 'Syncing' && one.lastAttemptedRevision === second,
  );
  await until('the Deployment to be there', () => app.kubectl('get', 'deployment', 'web'), {
    withinMs: 240_000,
  });
  const status = await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: '3' }) }));
  expect(status.history?.map(({ outcome }) => outcome).slice(0, 2)).toEqual(['Applied', 'Superseded']);
  expect(await app.kubectl('get', 'deployments', '-o', 'name')).toBe('');

  const fourth = app.repository.commit(sick);
  await app.until(
    'the wait to begin',
    (one) => one.phase === 'Syncing' && one.lastAttemptedRevision === fourth,
  );
  await app.delete();
  expect(await app.kubectl('get', 'deployments,configmaps', '-o', 'name')).toBe('configmap/kube-root-ca.crt');
});

test('an object that does not become healthy in time makes the Application degraded, with its cause', async () => {
  const app = await world.follow(
    { 'app/a.yaml': configMaps({ a: '1' }), 'app/web.yaml': neverHealthy('web') },
    { timeout: '2s' },
  );
  const status = await app.until('the cause to be told', (one) => one.phase === 'Degraded');
  expect(status).toMatchObject({ health: 'Degraded', lastAttemptedRevision: app.repository.head() });
  expect(status.lastAppliedRevision).toBeUndefined();
  expect(status.message).toMatch(/Deployment .*web/);
  await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: '1' }) }));
});

test('a commit that does not become healthy comes back by itself, and is not tried again', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) }, { rollback: true, timeout: '2s' });
  const first = app.repository.head();
  await app.healthyAt(first);
  const bad = { 'app/a.yaml': configMaps({ a: '2', b: '2' }), 'app/web.yaml': neverHealthy('web') };
  const second = app.repository.commit(bad);
  const status = await app.until('it to be taken back', (one) => one.phase === 'Failed');
  expect(status).toMatchObject({
    ...{ sync: 'OutOfSync', health: 'Healthy', lastAttemptedRevision: second, lastAppliedRevision: first },
    rolledBack: { message: expect.stringMatching(/^Deployment .*web: /) },
  });
  expect(await app.configMaps()).toEqual({ a: '1' });
  expect(await app.kubectl('get', 'deployments', '-o', 'name')).toBe('');
  // What is in force is kept; the commit is left alone.
  await app.kubectl('patch', 'configmap', 'a', '--type=merge', '-p', '{"data":{"x":"hand"}}');
  await until('it to be put right', async () => (await app.configMaps()).a === '1', {
    withinMs: 240_000,
  });
  expect(await app.kubectl('get', 'deployments', '-o', 'name')).toBe('');
  const after = await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: '3' }) }));
  expect(after.history?.map(({ outcome }) => outcome)).toEqual(['Applied', 'RolledBack', 'Applied']);
  expect(after.rolledBack).toBeUndefined();
});

test('an Application that is not applied by itself tells what would change, and waits to be allowed', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) }, { auto: false });
  const first = app.repository.head();
  const waiting = await app.until('what would change', (one) => one.sync === 'OutOfSync');
  expect(waiting.message).toMatch(/create ConfigMap .*a.*ajj\.io\/sync/);
  expect(await app.configMaps()).toEqual({});
  const allow = (revision: string) =>
    app.kubectl('annotate', '--overwrite', 'application.ajj.io', 'shop', `ajj.io/sync=${revision}`);
  await allow(first);
  await app.healthyAt(first);
  const second = app.repository.commit({ 'app/a.yaml': configMaps({ a: '2' }) });
  await app.until(
    'the next change',
    (one) => one.sync === 'OutOfSync' && one.message?.includes(second) === true,
  );
  expect(await app.configMaps()).toEqual({ a: '1' });
  await allow(second);
  await app.healthyAt(second);
});

test('two Applications of one name that go to one namespace are two releases, and neither takes the objects of the other', async () => {
  const one = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) });
  await one.healthyAt(one.repository.head());
  const other = await world.follow({ 'app/a.yaml': configMaps({ b: '1' }) }, {});
  await other.healthyAt(other.repository.head());
  // The destination cannot be moved; a third one goes there from the start.
  await expect(other.patch({ spec: { destination: { namespace: one.namespace } } })).rejects.toMatchObject({
    code: 'INVALID',
  });
  const manifest = JSON.parse(await other.kubectl('get', 'application.ajj.io', 'shop', '-o', 'json'));
  await other.delete();
  const { spec } = manifest;
  const again = { ...manifest, metadata: { name: 'shop', namespace: other.namespace }, status: undefined };
  await world.cluster().kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({ ...again, spec: { ...spec, destination: { namespace: one.namespace } } }),
  });
  await other.healthyAt(other.repository.head());
  expect(await one.configMaps()).toEqual({ a: '1', b: '1' });
  const taken = other.repository.commit({ 'app/a.yaml': configMaps({ a: 'taken' }) });
  const status = await other.until(
    'the refusal',
    (now) => now.phase === 'Failed' && now.lastAttemptedRevision === taken,
  );
  expect(status.message).toContain('`spec.sync.adopt`');
  await other.delete();
  expect(await one.configMaps()).toEqual({ a: '1' });
});

test('an Application that names an account can do what that account may, and nothing of what the controller may', async () => {
  const mine = { 'app/a.yaml': configMaps({ a: '1' }) };
  const app = await world.follow(mine, {}, { serviceAccount: 'deployer' });
  const { namespace } = app;
  // Not even its own namespace, before somebody gives it rights.
  const nothing = await app.until('the refusal', ({ phase }) => phase === 'Degraded');
  expect([nothing.message?.includes('RIGHTS_MISSING'), await app.configMaps()]).toEqual([true, {}]);
  await app.kubectl('create', 'serviceaccount', 'deployer');
  const verbs = '--verb=get,list,watch,create,patch,delete';
  await app.kubectl(
    'create',
    'role',
    'deployer',
    verbs,
    '--resource=secrets,configmaps,leases.coordination.k8s.io',
  );
  await app.kubectl(
    'create',
    'rolebinding',
    'deployer',
    '--role=deployer',
    `--serviceaccount=${namespace}:deployer`,
  );
  await app.healthyAt(app.repository.head());

  const elsewhere = (kind: string, apiVersion: string, more: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\n${more}\n`;
  const attempts: ReadonlyArray<readonly [what: string, manifest: string]> = [
    [
      'an object in another namespace',
      elsewhere('ConfigMap', 'v1', 'metadata: { name: x, namespace: default }'),
    ],
    ['a namespace', elsewhere('Namespace', 'v1', 'metadata: { name: taken }')],
    [
      'rights for itself',
      elsewhere(
        'RoleBinding',
        'rbac.authorization.k8s.io/v1',
        `metadata: { name: x }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }\nsubjects: [{ kind: ServiceAccount, name: deployer, namespace: ${namespace} }]`,
      ),
    ],
    [
      'a role of the cluster',
      elsewhere('ClusterRole', 'rbac.authorization.k8s.io/v1', 'metadata: { name: x }\nrules: []'),
    ],
    [
      'a pod as another account',
      elsewhere(
        'Pod',
        'v1',
        'metadata: { name: x }\nspec: { serviceAccountName: default, containers: [{ name: a, image: a }] }',
      ),
    ],
    [
      'another Application',
      elsewhere(
        'Application',
        'ajj.io/v1',
        'metadata: { name: x }\nspec: { source: { url: "https://example.com/x" } }',
      ),
    ],
  ];
  for (const [what, manifest] of attempts) {
    const revision = app.repository.commit({ ...mine, 'app/b.yaml': manifest });
    const status = await app.until(`${what} to be refused`, (one) => {
      return one.phase !== 'Healthy' && one.lastAttemptedRevision === revision && one.phase !== 'Syncing';
    });
    expect([what, status.message?.includes('RIGHTS_MISSING')]).toEqual([what, true]);
    expect(await app.configMaps()).toEqual({ a: '1' });
  }
  // The control: the same for what it may.
  await app.healthyAt(app.repository.commit({ ...mine, 'app/b.yaml': configMaps({ b: '1' }) }));

  // Its account goes first, as when a namespace is deleted: nothing can be deleted in its name, so nothing holds the Application.
  await app.kubectl('delete', 'serviceaccount', 'deployer');
  await app.kubectl('delete', 'rolebinding', 'deployer');
  await app.delete();
  expect(await app.configMaps()).toEqual({ a: '1', b: '1' });
});

test('a controller that is killed at any moment is followed by another, and nothing is lost', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '0', b: '0', c: '0' }) });
  await app.kubectl('create', 'configmap', 'foreign', '--from-literal=x=mine');
  await app.healthyAt(app.repository.head());
  const standby = world.startController();
  let next = standby;
  let head = '';
  for (let kill = 0; kill < 3; kill += 1) {
    const x = String(kill + 1);
    // Each time another object comes, one goes, and one changes.
    head = app.repository.commit({ 'app/a.yaml': configMaps({ a: x, b: x, [`only-${kill}`]: x }) });
    await until(
      'the new commit to be begun, or done',
      async () => {
        return (await app.get()).status?.lastAttemptedRevision === head;
      },
      { withinMs: 240_000, everyMs: 5 },
    );
    await new Promise((resolve) => setTimeout(resolve, kill * 40));
    await ended(leader, 'SIGKILL');
    leader = next;
    next = world.startController();
  }
  const status = await app.healthyAt(head);
  expect(await app.configMaps()).toEqual({ a: '3', b: '3', 'only-2': '3', foreign: 'mine' });
  expect(status.inventory).toBe(3);
  await ended(leader, 'SIGTERM');
  leader = next;
  await app.healthyAt(app.repository.commit({ 'app/a.yaml': configMaps({ a: '5' }) }));
  await app.delete();
  expect(await app.configMaps()).toEqual({ foreign: 'mine' });
});

describe('the guide', () =>
  guideTests(world, async () => {
    if (leader.exitCode === null && leader.signalCode === null) await ended(leader, 'SIGTERM');
  }));
