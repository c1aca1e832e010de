import fc from 'fast-check';
import type { KubeObject } from '../../kube';
import { FleetWorld, HOME, NAMESPACE } from '../testing-only/fleet-world';
import { previewMarkdown } from './markdown';
import { onlyDryRuns } from './only-dry-runs';
import type { ClusterPreview } from './preview';

jest.setTimeout(300_000);

/** What a preview shows is what a sync then does, in each cluster, and the preview has done nothing. */

type Maps = Readonly<Record<string, string>>;

interface Case {
  readonly isHome: boolean;
  readonly before: Maps;
  /** Undefined for a commit that changes nothing. */
  readonly after: Maps | undefined;
  readonly broken: boolean;
  readonly sync: object;
  readonly policy: 'none' | 'audit' | 'strict';
  /** In one cluster, between the two commits. */
  readonly byHand: readonly {
    readonly cluster: number;
    readonly name: string;
    readonly what: 'edit' | 'delete' | 'make';
  }[];
  readonly isAway: boolean;
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const maps: fc.Arbitrary<Maps> = fc.dictionary(name, fc.constantFrom('1', '2'), {
  ...{ minKeys: 1, maxKeys: 6, noNullPrototype: true },
});
const cases: fc.Arbitrary<Case> = fc.record({
  isHome: fc.boolean(),
  before: maps,
  after: fc.oneof({ weight: 3, arbitrary: maps }, { weight: 1, arbitrary: fc.constant(undefined) }),
  broken: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  sync: fc.record({ prune: fc.boolean(), allowPrune: fc.boolean(), adopt: fc.boolean() }),
  policy: fc.constantFrom('none', 'none', 'audit', 'strict'),
  byHand: fc.array(
    fc.record({ cluster: fc.nat({ max: 1 }), name, what: fc.constantFrom('edit', 'delete', 'make') }),
    { maxLength: 4 },
  ),
  isAway: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
}) as fc.Arbitrary<Case>;

const filesOf = (all: Maps) =>
  Object.fromEntries(
    Object.entries(all).map(([one, x]) => [
      `${one}.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${one} }\ndata: { x: "${x}" }\n`,
    ]),
  );
const JOB =
  'apiVersion: batch/v1\nkind: Job\nmetadata: { name: job }\nspec: { template: { spec: { hostNetwork: true, restartPolicy: Never, containers: [{ name: a, image: "a:1" }] } } }\n';

/** What is told of objects: by `KIND/NAME`, whether it is made, changed or deleted. */
type Changes = Readonly<Record<string, 'create' | 'change' | 'delete'>>;

/** All objects but those in which releases are remembered. */
function objectsIn(world: FleetWorld, cluster: string): Map<string, { uid: string; said: string }> {
  const { model } = world.places.get(cluster)!;
  const ours = [...model.objects.values()].filter(({ kind }) => ['ConfigMap', 'Job'].includes(kind));
  return new Map(
    ours.map((one) => {
      const {
        resourceVersion: _version,
        managedFields: _fields,
        ...metadata
      } = one.metadata as unknown as Record<string, unknown>;
      const said = JSON.stringify({ ...one, metadata, status: undefined });
      return [`${one.kind}/${one.metadata.name}`, { uid: String(one.metadata.uid), said }];
    }),
  );
}

function changesBetween(before: ReturnType<typeof objectsIn>, after: ReturnType<typeof objectsIn>): Changes {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(
    keys.flatMap((key): ReadonlyArray<readonly [string, Changes[string]]> => {
      const [one, other] = [before.get(key), after.get(key)];
      if (!one) return [[key, 'create']];
      if (!other) return [[key, 'delete']];
      return one.said === other.said ? [] : [[key, 'change']];
    }),
  );
}

const MEANS = {
  create: 'create',
  change: 'change',
  adopt: 'change',
  recreate: 'change',
  prune: 'delete',
} as const;

function foreseen({ plan, refused }: ClusterPreview): Changes {
  if (!plan || refused || plan.problems.length > 0) return {};
  const told = plan.objects.flatMap(({ action, kind, name: one }) =>
    action in MEANS ? [[`${kind}/${one}`, MEANS[action as keyof typeof MEANS]] as const] : [],
  );
  return Object.fromEntries(told.sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function happen(world: FleetWorld, names: readonly string[], { byHand, before }: Case): Promise<void> {
  for (const { cluster, name: one, what } of byHand) {
    const place = names[cluster % names.length]!;
    if (what === 'delete') world.remove(place, one);
    // An edit of what is there, or an object of somebody else in the way.
    else if ((what === 'edit') === Object.hasOwn(before, one)) world.edit(place, one, 'by hand');
  }
}

/** A preview, after which nothing is other than before, and of which no server was told to write anything. */
async function lookedAt(world: FleetWorld) {
  const places = [...world.places.values()];
  const asked = places.map(({ server }) => server.seen.length);
  const versions = places.map(({ model }) => model.writes);
  const told = await world.preview({ branch: 'feature' }, { trustAuthor: true });
  expect(places.map(({ model }) => model.writes)).toEqual(versions);
  for (const [at, { server }] of places.entries()) {
    const writes = server.seen.slice(asked[at]).filter(({ method }) => method !== 'GET');
    const kept = writes.filter(
      ({ path, query }) => query.get('dryRun') !== 'All' && !path.endsWith('/selfsubjectaccessreviews'),
    );
    expect(kept.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  }
  return told;
}

async function hold(given: Case, tally: Map<string, number>): Promise<void> {
  const names = given.isHome ? [HOME] : ['east', 'west'];
  const destination = given.isHome ? {} : { clusterSelector: { matchLabels: { tier: 'live' } } };
  const world = await FleetWorld.start(given.isHome ? [] : names, destination);
  try {
    const policy = given.policy === 'none' ? {} : { policy: { mode: given.policy } };
    world.change({ sync: { timeout: '1s', interval: '20ms', ...given.sync } });
    world.source.push(filesOf(given.before));
    await world.reconcile();
    await world.reconcile();
    await happen(world, names, given);
    world.change(policy);
    if (given.isAway && !given.isHome) world.places.get('west')!.isAway = true;
    world.source.push({
      ...filesOf(given.after ?? given.before),
      ...(given.policy === 'none' ? {} : { 'job.yaml': JOB }),
      ...(given.broken ? { 'z.yaml': 'a: [' } : {}),
    });
    const told = await lookedAt(world);
    const before = names.map((one) => objectsIn(world, one));
    await world.lookAtClusters();
    await world.reconcile();
    for (const [at, one] of names.entries()) {
      const did = changesBetween(before[at]!, objectsIn(world, one));
      const found = told.clusters.find(({ cluster = HOME }) => cluster === one);
      const said = told.refused || !found ? {} : foreseen(found);
      expect({ cluster: one, does: did }).toEqual({ cluster: one, does: said });
      for (const what of Object.values(said)) tally.set(what, (tally.get(what) ?? 0) + 1);
    }
    tally.set(told.outcome, (tally.get(told.outcome) ?? 0) + 1);
    if (told.outcome === 'changes') expect(world.status.sync).toBe('Synced');
    if (told.outcome === 'refused') expect(world.status.phase).not.toBe('Healthy');
  } finally {
    await world.close();
  }
}

test('what it shows is what a sync then does, and it has written nothing', async () => {
  const tally = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(cases, (given) => hold(given, tally)),
    { numRuns: 80 },
  );
  // A law that met none of these would say nothing.
  for (const word of ['create', 'change', 'delete', 'nothing', 'changes', 'refused'])
    expect([word, (tally.get(word) ?? 0) > 0]).toEqual([word, true]);
});

test('a preview cannot write: whoever tries is stopped before anything is sent', () => {
  const path = '/api/v1/namespaces/here/configmaps/a';
  expect(() => onlyDryRuns({ method: 'PATCH', path, query: { dryRun: 'All' } })).not.toThrow();
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
    expect(() => onlyDryRuns({ method, path })).toThrow('a preview writes nothing');
  // Commands are begun by an upgrade of a GET.
  expect(() => onlyDryRuns({ method: 'GET', path: '/api/v1/namespaces/here/pods/a/exec' })).toThrow();
  const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  expect(() => onlyDryRuns({ method: 'POST', path: reviews })).not.toThrow();
  expect(() => onlyDryRuns({ method: 'POST', path: `${reviews}/x` })).toThrow('a preview writes nothing');
});

const secret = (name: string, text: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name} }\nstringData: { password: ${text} }\n`;

test('a Secret is told as changed, and nothing of it is', async () => {
  const world = await FleetWorld.start([], {});
  try {
    world.source.push({ 'a.yaml': secret('a', 'first-password') });
    await world.reconcile();
    world.source.push({ 'a.yaml': secret('a', 'second-password'), 'b.yaml': secret('b', 'third-password') });
    const told = await world.preview({ branch: 'x' });
    expect(told.clusters[0]?.plan?.objects.map(({ action, name: one }) => [action, one])).toEqual(
      expect.arrayContaining([
        ['change', 'a'],
        ['create', 'b'],
      ]),
    );
    const all = `${JSON.stringify(told)} ${previewMarkdown(told)}`;
    for (const text of ['first-password', 'second-password', 'third-password']) {
      expect(all).not.toContain(text);
      expect(all).not.toContain(Buffer.from(text).toString('base64'));
    }
    expect(previewMarkdown(told)).toContain('(changed, not shown)');
  } finally {
    await world.close();
  }
});

test('a stranger is not shown what others have written into a field or an object; who is trusted is', async () => {
  const world = await FleetWorld.start([], {});
  try {
    world.change({ sync: { adopt: true } });
    world.source.push(filesOf({ a: '1', c: '1' }));
    await world.reconcile();
    world.edit(HOME, 'a', 'theirs-in-a-field');
    const data = { x: 'theirs-in-an-object' };
    const metadata = { name: 'b', namespace: NAMESPACE };
    world.home.model.edit('somebody', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubeObject);
    world.source.push(filesOf({ a: '2', b: '2', c: '2' }));
    const point = { pullRequest: 12 };
    const [stranger, trusted] = [
      await world.preview(point),
      await world.preview(point, { trustAuthor: true }),
    ];
    expect(JSON.stringify(stranger)).not.toContain('theirs-in');
    expect(stranger.outcome).toBe('changes');
    // What the branch itself has said before is shown to both.
    const own = { path: 'data.x', before: '1', after: '2', hidden: false };
    for (const one of [stranger, trusted])
      expect(one.clusters[0]?.plan?.objects.find(({ name: it }) => it === 'c')?.changes).toEqual([
        expect.objectContaining(own),
      ]);
    for (const text of ['theirs-in-a-field', 'theirs-in-an-object'])
      expect(JSON.stringify(trusted)).toContain(text);
  } finally {
    await world.close();
  }
});

test('where the controller wants an account, an Application that names none is refused, and shown otherwise', async () => {
  const world = await FleetWorld.start([], {});
  try {
    world.source.push(filesOf({ a: '1' }));
    const of = async (requireServiceAccount: boolean) => world.preview(undefined, { requireServiceAccount });
    expect(await of(true)).toMatchObject({ outcome: 'refused', refused: { code: 'ACCOUNT_MISSING' } });
    expect(await of(false)).toMatchObject({ outcome: 'changes' });
  } finally {
    await world.close();
  }
});

test.each(['Secret', 'ConfigMap'] as const)('values from a %s', async (kind) => {
  const world = await FleetWorld.start([], {});
  try {
    const valuesFrom = [{ kind, name: 'values', optional: true }];
    world.change({ render: { helm: { valuesFrom } } });
    world.source.push({ 'Chart.yaml': 'name: [' });
    const code = async (point?: { branch: string }, how = {}) =>
      (await world.preview(point, how).catch((error: { code: string }) => ({ refused: error }))).refused
        ?.code;
    // What is let through fails later, by its chart or for want of helm.
    const later = expect.stringMatching(/^(RENDER_FAILED|PROGRAM_MISSING)$/);
    expect(await code({ branch: 'x' })).toEqual(kind === 'Secret' ? 'PREVIEW_REFUSED' : later);
    expect(await code({ branch: 'x' }, { trustAuthor: true })).toEqual(later);
    expect(await code()).toEqual(later);
  } finally {
    await world.close();
  }
});
