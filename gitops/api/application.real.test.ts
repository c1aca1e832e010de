import { until } from '../../cluster';
import { create, type KubeObject, patch, remove, resource } from '../../kube';
import { definitionOnCluster, refusalOf } from '../../test/support/definition-on-cluster';
import { type Application, applicationDefinition, applications } from './application';
import { REPOSITORIES_ANNOTATION, tenantPolicy } from './tenant-policy';

jest.setTimeout(300_000);

/** What the API server takes of an Application, and what it refuses with which words: each refusal has a twin that it takes. */

const connection = definitionOnCluster(applicationDefinition, applications);

const url = 'https://git.example.com/team/shop.git';
const named = (spec: unknown, name = 'shop') =>
  ({ apiVersion: 'ajj.io/v1', kind: 'Application', metadata: { name }, spec }) as Application;
const trying = (spec: unknown) => create(connection(), applications, named(spec), { dryRun: true });

const source = (more: object) => ({ source: { url, ...more } });
const policyWith = (more: object) => ({
  source: { url },
  policy: {
    mode: 'strict',
    exceptions: [
      { rule: 'latest-tag', object: 'Deployment/web', reason: 'old', until: '2026-12-31', ...more },
    ],
  },
});
const into = (destination: object) => ({ source: { url }, destination });
const selecting = (clusterSelector: unknown) => into({ clusterSelector });
const waves = (...all: readonly object[]) => into({ clusters: ['a'], waves: all });
const first = { selector: { matchLabels: { stage: 'first' } } };
const errors = { name: 'errors', query: 'sum(errors)', max: 0.01 };
const gates = (queries: unknown, more: object = {}) => waves({ ...first, gate: { queries, ...more } });
const asking = (more: object, without = '') => {
  const { [without as 'max']: _left, ...query } = errors;
  return gates([{ ...query, ...more }]);
};
const expression = (more: object) => selecting({ matchExpressions: [{ key: 'tier', ...more }] });
const sync = (more: object) => ({ source: { url }, sync: more });

const helm = (more: object) => ({ source: { url }, render: { helm: more } });
const valuesFrom = (more: object) => helm({ valuesFrom: [{ kind: 'Secret', name: 'shop', ...more }] });

test('values of a chart are kept as they are, whatever they are', async () => {
  const values = { a: { 'b/c': [1, null, { d: true }] }, big: 9_007_199_254_740_991 };
  expect((await trying(helm({ values }))).spec.render?.helm?.values).toEqual(values);
});

test('what is left out is filled in', async () => {
  expect((await trying({ source: { url } })).spec).toEqual({
    source: { url, type: 'git', branch: 'main', path: '' },
    destination: {},
    sync: {
      ...{ auto: true, interval: '30s', timeout: '5m', prune: true, allowPrune: false, adopt: false },
      rollback: false,
    },
  });
});

test('what a gate leaves out is filled in', async () => {
  const { spec } = await trying(gates([errors]));
  expect(spec.destination?.waves?.[0]).toEqual({
    ...first,
    soak: '0s',
    gate: { queries: [errors], within: '30m' },
  });
});

test.each<[field: string, refused: unknown, words: RegExp, twin: unknown]>([
  ['no spec', undefined, /spec: Required/, { source: { url } }],
  ['no source', {}, /spec\.source: Required/, { source: { url } }],
  [
    'a word for `rollback`',
    { source: { url }, sync: { rollback: 'yes' } },
    /sync\.rollback.*boolean/,
    { source: { url }, sync: { rollback: true } },
  ],
  ['no url', { source: {} }, /spec\.source\.url: Required/, { source: { url } }],
  ['a number as url', { source: { url: 1 } }, /spec\.source\.url/, { source: { url } }],
  [
    'another scheme',
    source({ url: 'http://git.example.com/x' }),
    /should match/,
    source({ url: 'https://git.example.com/x' }),
  ],
  ['a file', source({ url: 'file:///etc' }), /should match/, source({ url: 'https://127.0.0.1:8443/etc' })],
  ['a helper of git', source({ url: 'ext::sh' }), /should match/, source({ url: 'https://[::1]/ext' })],
  [
    'ssh in short',
    source({ url: 'git@example.com:x' }),
    /should match/,
    source({ url: 'ssh://git@example.com/x' }),
  ],
  [
    'ssh without a user',
    source({ url: 'ssh://example.com/x' }),
    /should match/,
    source({ url: 'ssh://git@example.com:22/x' }),
  ],
  [
    'an option as host',
    source({ url: 'ssh://git@-oProxyCommand=x/y' }),
    /should match/,
    source({ url: 'ssh://git@o-x/y' }),
  ],
  [
    'a password in the url',
    source({ url: 'https://me:pw@example.com/x' }),
    /should match/,
    source({ url: 'https://example.com/me' }),
  ],
  [
    'a password behind the host',
    source({ url: 'https://a/b@c' }),
    /should match|Secret/,
    source({ url: 'https://a/b-c' }),
  ],
  ['dots in the url', source({ url: 'https://a/../b' }), /leave out/, source({ url: 'https://a/b.git' })],
  [
    'an option as branch',
    source({ branch: '--upload-pack=x' }),
    /should match/,
    source({ branch: 'release/1.4' }),
  ],
  ['no branch', source({ branch: '' }), /spec\.source\.branch/, source({ branch: 'm' })],
  ['two dots in a branch', source({ branch: 'a..b' }), /name a branch/, source({ branch: 'a.b' })],
  ['a lock as branch', source({ branch: 'a.lock' }), /name a branch/, source({ branch: 'a.locked' })],
  ['a path that leads out', source({ path: '../x' }), /without `\.` and/, source({ path: '..x' })],
  ['a path that leads out later', source({ path: 'a/../../x' }), /without `\.` and/, source({ path: 'a/b' })],
  ['an absolute path', source({ path: '/a' }), /should match/, source({ path: 'a' })],
  ['an option as path', source({ path: '-a' }), /should match/, source({ path: 'a-' })],
  ['an end of a line in a path', source({ path: 'a\nb' }), /should match/, source({ path: 'a b' })],
  ['another kind of repository', source({ type: 'svn' }), /Unsupported value/, source({ type: 'jj' })],
  ['a Secret that is no name', source({ secret: 'a/b' }), /should match/, source({ secret: 'a.b' })],
  ['a field that there is not', source({ tag: 'v1' }), /unknown field/, source({ branch: 'v1' })],
  [
    'a namespace that is no name',
    { source: { url }, destination: { namespace: 'A' } },
    /should match/,
    { source: { url }, destination: { namespace: 'a' } },
  ],
  [
    'an account of another namespace',
    { source: { url }, serviceAccount: 'other:admin' },
    /should match/,
    { source: { url }, serviceAccount: 'admin' },
  ],
  [
    'a user as account',
    { source: { url }, serviceAccount: 'system:admin' },
    /should match/,
    { source: { url }, serviceAccount: 'system.admin' },
  ],
  ['no way to render', { source: { url }, render: {} }, /name one way to render/, helm({})],
  [
    'two ways to render',
    { source: { url }, render: { helm: {}, kustomize: {} } },
    /name one way to render/,
    { source: { url }, render: { kustomize: {} } },
  ],
  [
    'a program without an image',
    { source: { url }, render: { cdk8s: {} } },
    /image: Required/,
    { source: { url }, render: { cdk8s: { image: 'registry.example.com/node:1' } } },
  ],
  [
    'an image that is an option',
    { source: { url }, render: { cdk8s: { image: '--privileged' } } },
    /should match/,
    { source: { url }, render: { cdk8s: { image: 'a:1', command: ['node', '--import', 'tsx', 'main.ts'] } } },
  ],
  [
    'no command',
    { source: { url }, render: { cdk8s: { image: 'a:1', command: [] } } },
    /at least 1/,
    { source: { url }, render: { cdk8s: { image: 'a:1', command: ['./main'] } } },
  ],
  [
    'a program and a chart',
    { source: { url }, render: { cdk8s: { image: 'a:1' }, helm: {} } },
    /name one way to render/,
    { source: { url }, render: { cdk8s: { image: 'a:1', values: { x: { y: 1 } }, output: 'dist' } } },
  ],
  [
    'a kustomization outside',
    { source: { url }, render: { kustomize: { path: '../x' } } },
    /should match|without `\.` and/,
    { source: { url }, render: { kustomize: { path: 'overlays/x' } } },
  ],
  ['a way that there is not', { source: { url }, render: { jsonnet: {} } }, /unknown field/, helm({})],
  ['a list as values', helm({ values: [1] }), /must be of type object/, helm({ values: { a: [1] } })],
  ['a release that is no name', helm({ releaseName: 'A_b' }), /should match/, helm({ releaseName: 'a-b' })],
  [
    'a file of values outside',
    helm({ valueFiles: ['a/../../b.yaml'] }),
    /should match|without `\.` and/,
    helm({ valueFiles: ['a/b.yaml'] }),
  ],
  [
    'an absolute file of values',
    helm({ valueFiles: ['/etc/passwd'] }),
    /should match/,
    helm({ valueFiles: ['etc'] }),
  ],
  [
    'an address as file of values',
    helm({ valueFiles: ['https://example.com/x'] }),
    /should match/,
    helm({ valueFiles: ['example.com/x'] }),
  ],
  [
    'values from another kind',
    valuesFrom({ kind: 'Pod' }),
    /Unsupported value/,
    valuesFrom({ kind: 'ConfigMap' }),
  ],
  [
    'values from another namespace',
    valuesFrom({ namespace: 'x' }),
    /unknown field/,
    valuesFrom({ key: 'x.yaml' }),
  ],
  ['values from no name', valuesFrom({ name: '' }), /name/, valuesFrom({ optional: true })],
  [
    'a version of Kubernetes that is none',
    helm({ kubeVersion: 'x' }),
    /should match/,
    helm({ kubeVersion: 'v1.34.4' }),
  ],
  [
    'a policy without a mode',
    { source: { url }, policy: {} },
    /spec\.policy\.mode: Required/,
    { source: { url }, policy: { mode: 'audit' } },
  ],
  [
    'another mode',
    { source: { url }, policy: { mode: 'soft' } },
    /Unsupported value/,
    { source: { url }, policy: { mode: 'strict', level: 'baseline' } },
  ],
  ['an exception without an end', policyWith({ until: undefined }), /until: Required/, policyWith({})],
  ['an exception without a reason', policyWith({ reason: '' }), /reason/, policyWith({ reason: 'r' })],
  [
    'a day that there is not',
    policyWith({ until: '2026-13-01' }),
    /should match/,
    policyWith({ until: '2026-12-31' }),
  ],
  [
    'a dependency elsewhere',
    { source: { url }, dependsOn: ['other/shop'] },
    /should match/,
    { source: { url }, dependsOn: ['other.shop'] },
  ],
  ['no cluster', into({ clusters: [] }), /at least 1/, into({ clusters: ['a'] })],
  ['a cluster elsewhere', into({ clusters: ['b/a'] }), /should match/, into({ clusters: ['b.a'] })],
  ['a cluster twice', into({ clusters: ['a', 'a'] }), /Duplicate value/, into({ clusters: ['a', 'b'] })],
  [
    'too many clusters',
    into({ clusters: Array.from({ length: 129 }, (_, n) => `c${n}`) }),
    /at most 128/,
    into({ clusters: Array.from({ length: 128 }, (_, n) => `c${n}`) }),
  ],
  [
    'names and a selector',
    into({ clusters: ['a'], clusterSelector: { matchLabels: { a: 'b' } } }),
    /not both/,
    selecting({ matchLabels: { a: 'b' } }),
  ],
  ['a selector of all', selecting({}), /say which labels/, expression({ operator: 'DoesNotExist' })],
  ['no labels', selecting({ matchLabels: {} }), /at least 1/, selecting({ matchLabels: { a: '' } })],
  [
    'a label that is none',
    selecting({ matchLabels: { a: 'b c' } }),
    /should match/,
    selecting({ matchLabels: { a: 'b-c' } }),
  ],
  [
    'a name of a label that is none',
    selecting({ matchLabels: { 'a b': 'c' } }),
    /name of a label/,
    selecting({ matchLabels: { 'example.com/a-b': 'c' } }),
  ],
  [
    'a text as selector',
    selecting('tier=live'),
    /must be of type object/,
    selecting({ matchLabels: { tier: 'live' } }),
  ],
  ['an operator', expression({ operator: 'Like' }), /Unsupported value/, expression({ operator: 'Exists' })],
  ['no operator', expression({}), /operator: Required/, expression({ operator: 'Exists' })],
  [
    'values for Exists',
    expression({ operator: 'Exists', values: ['a'] }),
    /give `values`/,
    expression({ operator: 'In', values: ['a'] }),
  ],
  [
    'In without values',
    expression({ operator: 'In' }),
    /give `values`/,
    expression({ operator: 'NotIn', values: ['a'] }),
  ],
  ['no wave', waves(), /at least 1/, waves(first)],
  ['waves of nothing', into({ waves: [first] }), /give waves to clusters/, waves(first)],
  ['a wave of all', waves({ selector: {} }), /say which labels/, waves(first, first)],
  ['a wave without a selector', waves({ soak: '1m' }), /selector: Required/, waves({ ...first, soak: '1m' })],
  ['a soak of weeks', waves({ ...first, soak: '169h' }), /give a time/, waves({ ...first, soak: '168h' })],
  ['too many waves', waves(...Array(9).fill(first)), /at most 8/, waves(...Array(8).fill(first))],
  ['a gate without a question', gates([]), /at least 1/, gates([errors])],
  [
    'a gate of too many questions',
    gates([1, 2, 3, 4, 5].map((at) => ({ ...errors, name: `q${at}` }))),
    /at most 4/,
    gates([1, 2, 3, 4].map((at) => ({ ...errors, name: `q${at}` }))),
  ],
  ['two questions of one name', gates([errors, errors]), /Duplicate value/, gates([errors])],
  ['a question without bounds', asking({}, 'max'), /say `min`, `max` or both/, asking({ min: 0 }, 'max')],
  ['bounds in which nothing is', asking({ min: 0.02 }), /not above `max`/, asking({ min: 0.01 })],
  ['a text as a bound', asking({ max: '0.01' }), /must be of type number/, asking({ max: 1 })],
  ['a question without words', asking({ query: '' }), /at least 1 chars/, asking({ query: '1' })],
  [
    'a question without an end',
    asking({ query: 'x'.repeat(2_049) }),
    /may not be more than 2048/,
    asking({ query: 'x'.repeat(2_048) }),
  ],
  ['a name that is none', asking({ name: 'Error rate' }), /should match/, asking({ name: 'error-rate' })],
  [
    'an address that a tenant chooses',
    asking({ url: 'http://169.254.169.254' }),
    /unknown field/,
    asking({ query: 'up' }),
  ],
  [
    'a gate that waits for weeks',
    gates([errors], { within: '169h' }),
    /give a time/,
    gates([errors], { within: '168h' }),
  ],
  ['no interval', sync({ interval: '0s' }), /give a time/, sync({ interval: '1s' })],
  ['a number as interval', sync({ interval: 30 }), /must be of type string/, sync({ interval: '30s' })],
  ['an interval without a unit', sync({ interval: '30' }), /should match/, sync({ interval: '1m30s' })],
  ['an interval of days', sync({ interval: '25h' }), /give a time/, sync({ interval: '24h' })],
  ['a timeout that is too long', sync({ timeout: '3h' }), /give a time/, sync({ timeout: '2h' })],
  ['a text for a yes', sync({ auto: 'yes' }), /must be of type boolean/, sync({ auto: false })],
  [
    'a kind alone',
    sync({ allowPruneOf: ['Namespace'] }),
    /should match/,
    sync({ allowPruneOf: ['Namespace/shop'] }),
  ],
  [
    'too many of them',
    sync({ allowPruneOf: Array(65).fill('A/b') }),
    /at most 64/,
    sync({ allowPruneOf: Array(64).fill('A/b') }),
  ],
])('%s is refused, and what is right is taken', async (_field, refused, words, twin) => {
  expect(await refusalOf(trying(refused))).toMatch(words);
  expect(await refusalOf(trying(twin))).toBe('accepted');
});

test('where objects go cannot be changed later, and everything else can', async () => {
  await create(
    connection(),
    applications,
    named({ source: { url }, destination: { namespace: 'a' } }, 'moving'),
  );
  const change = (merge: object) =>
    refusalOf(
      patch(connection(), applications, { name: 'moving' }, { merge: { spec: merge } }, { dryRun: true }),
    );
  expect(await change({ destination: { namespace: 'b' } })).toContain('make another one');
  expect(await change({ destination: { namespace: null } })).toContain('make another one');
  expect(
    await change({ source: { url: 'https://example.com/other', path: 'x' }, sync: { prune: false } }),
  ).toBe('accepted');
  await remove(connection(), applications, { name: 'moving' });
});

test('whether it goes to clusters cannot be changed later, and to which can', async () => {
  await create(connection(), applications, named(into({ clusters: ['a'] }), 'spread'));
  const change = (destination: object) =>
    refusalOf(
      patch(
        connection(),
        applications,
        { name: 'spread' },
        { merge: { spec: { destination } } },
        { dryRun: true },
      ),
    );
  expect(await change({ clusters: null })).toContain('make another one');
  expect(await change({ clusters: ['b'] })).toBe('accepted');
  expect(await change({ clusters: null, clusterSelector: { matchLabels: { a: 'b' } } })).toBe('accepted');
  await remove(connection(), applications, { name: 'spread' });
});

test('a status that is wrong is refused, so that no controller of another version writes nonsense', async () => {
  await create(connection(), applications, named({ source: { url } }, 'said'));
  const at = { name: 'said', subresource: 'status' };
  const say = (status: object) =>
    refusalOf(patch(connection(), applications, at, { merge: { status } }, { dryRun: true }));
  expect(await say({ phase: 'Fine' })).toMatch(/Unsupported value/);
  expect(await say({ phase: 'Healthy', sync: 'Synced', health: 'Healthy', inventory: 3 })).toBe('accepted');
  const one = { name: 'east', phase: 'Healthy', sync: 'Synced', health: 'Healthy' };
  expect(await say({ clusters: [{ ...one, sync: 'Mixed' }] })).toMatch(/Unsupported value/);
  expect(await say({ clusters: [one, one] })).toMatch(/Duplicate value/);
  expect(await say({ clusters: [one, { ...one, name: 'west' }] })).toBe('accepted');
  const entry = { revision: 'a', at: '2026-01-01T00:00:00Z', outcome: 'Applied' };
  expect(await say({ history: Array(6).fill(entry) })).toMatch(/at most 5/);
  expect(await say({ history: Array(5).fill(entry) })).toBe('accepted');
  await remove(connection(), applications, { name: 'said' });
});

const pluralOf = (kind: string) => ({
  plural: `${kind.toLowerCase().replace(/y$/, 'ie')}s`,
  namespaced: false,
});

test('of several teams nobody acts as an account that is not theirs, or follows what their namespace may not', async () => {
  const admin = connection();
  const group = 'rbac.authorization.k8s.io/v1';
  const [namespaces, roles, bindings] = [
    resource('v1', 'Namespace', { plural: 'namespaces', namespaced: false }),
    resource(group, 'Role'),
    resource(group, 'RoleBinding'),
  ];
  const namespace = 'team-a';
  const of = (name: string) => ({ name, namespace });
  const annotations = {
    [REPOSITORIES_ANNOTATION]: 'https://git.example.com/team/, https://git.example.com/one.git',
  };
  await create(admin, namespaces, {
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations } },
  } as KubeObject);
  const rules = [
    { apiGroups: ['ajj.io'], resources: ['applications'], verbs: ['create', 'patch', 'get'] },
    {
      ...{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
      resourceNames: ['deployer'],
    },
  ];
  await create(admin, roles, { apiVersion: group, kind: 'Role', metadata: of('team'), rules } as KubeObject);
  await create(admin, bindings, {
    ...{ apiVersion: group, kind: 'RoleBinding', metadata: of('team') },
    ...{ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'team' } },
    subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
  } as KubeObject);
  const objects = tenantPolicy({ policyName: 'tenants-of-a-test' });
  const made = objects.map(({ apiVersion, kind }) => resource(apiVersion, kind, pluralOf(kind)));
  for (const [at, one] of objects.entries()) await create(admin, made[at]!, one);
  const ann = admin.as('ann');
  const app = (spec: object) => ({ ...named(spec), metadata: of('shop') }) as Application;
  const asked = (spec: object, by = ann) => refusalOf(create(by, applications, app(spec), { dryRun: true }));
  const team = { source: { url } };
  try {
    // A policy is in force a moment after it is there.
    await until('the policy to be in force', async () =>
      /may not/.test(await asked({ ...team, serviceAccount: 'admin' })),
    );
    expect(await asked({ ...team, serviceAccount: 'admin' })).toContain(
      'it acts as the account admin, which you may not: that takes the verb impersonate on it, in namespace team-a',
    );
    expect(await asked({ ...team, serviceAccount: 'deployer' })).toBe('accepted');
    expect(await asked({ ...team, serviceAccount: 'admin' }, admin)).toBe('accepted');
    for (const other of [
      'https://git.example.com/teams/shop.git',
      'https://git.example.com/one.git.evil/x.git',
    ])
      expect(await asked({ source: { url: other }, serviceAccount: 'deployer' })).toContain(
        `it follows ${other}, and the annotation`,
      );
    for (const listed of ['https://git.example.com/one.git', 'https://git.example.com/team/.github.git'])
      expect(await asked({ source: { url: listed } })).toBe('accepted');

    // Of one that acts as another account everything but its spec may be changed.
    await create(admin, applications, app({ ...team, serviceAccount: 'admin' }));
    const changed = (merge: object) => refusalOf(patch(ann, applications, of('shop'), { merge }));
    expect(await changed({ spec: { source: { path: 'other' } } })).toContain('which you may not');
    expect(await changed({ metadata: { annotations: { note: 'seen' } } })).toBe('accepted');
  } finally {
    ann.close();
    for (const [at, one] of objects.entries())
      await remove(admin, made[at]!, { name: one.metadata?.name ?? '' });
    await remove(admin, namespaces, { name: namespace });
  }
});
