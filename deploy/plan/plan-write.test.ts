import { ApiError, type KubeObject } from '../../kube';
import { type ClusterApi, type Live, MANAGER } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import { PART_OF, releaseOf } from '../inventory/names';
import { member } from '../testing-only/member';
import { type Allowed, planProven, planUntried, planWrite, proofOf } from './plan-write';

/** What one object comes to, from what the server says to a dry-run and what is there: each answer as a server gives it. */

const release = releaseOf('shop', 'here');
const nothing: Allowed = { adopt: false, forceConflicts: false, recreate: [] };
const OURS = { [PART_OF]: release.id };
const byUs = (fieldsV1: object) => ({ manager: MANAGER, operation: 'Apply', fieldsV1: { ...fieldsV1 } });
const by = (manager: string, fieldsV1: object, time?: string) => ({
  ...{ manager, operation: 'Update', fieldsV1: { ...fieldsV1 } },
  ...(time === undefined ? {} : { time }),
});
const DATA = { 'f:data': { 'f:x': {} } };

function live(more: object = {}, content: object = { data: { x: '1' } }, kind = 'ConfigMap'): Live {
  const metadata = {
    ...{ name: 'a', namespace: 'here', uid: 'u', resourceVersion: '1' },
    ...{ labels: OURS, managedFields: [byUs(DATA)] },
    ...more,
  };
  return { apiVersion: 'v1', kind, metadata, ...content } as Live;
}

const ordered = (kind = 'ConfigMap', object: object = {}) => ({
  ...{ member: member(kind, object), stage: 0, needs: [], waitsFor: [] },
});

/** A server on which this is, and that answers dry-runs so, one after the other. */
function server(there: Live | undefined, ...answers: ReadonlyArray<Live | Error>) {
  const said: object[] = [];
  let looks = 0;
  const answer = (what: string, object: object, how: object) => {
    said.push({ what, object, ...how });
    const next = answers[Math.min(said.length, answers.length) - 1];
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  const api = {
    get: async () => {
      looks += 1;
      return there;
    },
    apply: (_of: unknown, object: object, how: object) => answer('apply', object, how),
    change: (_of: unknown, _at: unknown, object: object, how: object) => answer('change', object, how),
  } as unknown as ClusterApi;
  return { api, said, looks: () => looks };
}

const refusal = (code: number, reason: string, causes: readonly object[] = []) =>
  new ApiError('PATCH a', code, { code, reason, message: reason, details: { causes } } as never);
const conflict = (field: string, manager: string) =>
  refusal(409, 'Conflict', [
    { reason: 'FieldManagerConflict', field, message: `conflict with "${manager}"` },
  ]);
const immutable = (field = 'spec.x') =>
  refusal(422, 'Invalid', [{ reason: 'FieldValueInvalid', field, message: 'field is immutable' }]);

const unseen = { isInInventory: true, seen: undefined };
const plan = (
  { api }: { readonly api: ClusterApi },
  allowed: Partial<Allowed> = {},
  of = ordered(),
  known: Parameters<typeof planWrite>[4] = unseen,
) => planWrite(api, release, of, { ...nothing, ...allowed }, known);

async function refused(...asked: Parameters<typeof plan>): Promise<DeployError> {
  const answer = await plan(...asked);
  if (answer instanceof DeployError) return answer;
  throw new Error(`not refused: ${answer.planned.action}`);
}

describe('what is not there', () => {
  test('is made, with our label, and costs one call', async () => {
    const cluster = server(undefined, live({ resourceVersion: '' }));
    const write = await plan(cluster);
    expect(write).toMatchObject({
      planned: { action: 'create', kind: 'ConfigMap', name: 'a', changes: [], taken: [] },
      desired: { metadata: { name: 'a', labels: OURS } },
      force: false,
    });
    expect(write).toHaveProperty('live', undefined);
    expect(cluster.looks()).toBe(0);
    expect(cluster.said).toEqual([
      {
        what: 'apply',
        object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: OURS } },
        ...{ dryRun: true, force: false },
      },
    ]);
  });

  test('and is gone between two calls is made; where the server refuses it, that is thrown', async () => {
    expect(await plan(server(undefined, live()))).toMatchObject({ planned: { action: 'create' } });
    await expect(plan(server(undefined, refusal(422, 'Invalid')))).rejects.toMatchObject({ code: 'INVALID' });
    await expect(plan(server(undefined, new Error('no cluster')))).rejects.toThrow('no cluster');
  });

  test('and cannot be tried yet is made, with a note why', () => {
    expect(planUntried(release, ordered(), 'its kind comes').planned).toMatchObject({
      action: 'create',
      note: 'its kind comes',
    });
  });
});

describe('what is there and ours', () => {
  test('is looked at once, unless the server has answered for the very state that was seen', async () => {
    const looked = server(live(), live());
    await plan(looked);
    const same = server(live(), live());
    await plan(same, {}, ordered(), { isInInventory: true, seen: live() });
    const older = server(live(), live());
    await plan(older, {}, ordered(), { isInInventory: true, seen: live({ resourceVersion: '0' }) });
    const another = server(live(), live());
    await plan(another, {}, ordered(), { isInInventory: true, seen: live({ uid: 'v' }) });
    const untold = server(live(), conflict('.data.x', 'helm'), live());
    await plan(untold, { forceConflicts: true }, ordered(), { isInInventory: true, seen: live() });
    expect([looked, same, older, another, untold].map(({ looks }) => looks())).toEqual([1, 0, 1, 1, 1]);
  });

  test('is changed where the answer differs, each field with what it was and will be', async () => {
    const after = live({}, { data: { x: '2', y: '3' } });
    const write = await plan(server(live({}, { data: { x: '1', z: '4' } }), after));
    expect(write).toMatchObject({
      planned: {
        action: 'change',
        taken: [],
        changes: [
          { path: 'data.x', before: '1', after: '2', hidden: false, owners: [] },
          { path: 'data.y', after: '3', hidden: false, owners: [] },
          { path: 'data.z', before: '4', hidden: false, owners: [] },
        ],
      },
      desired: { metadata: { uid: 'u' } },
      force: false,
    });
    const { changes } = (write as Exclude<typeof write, DeployError>).planned;
    expect(changes.map((one) => ['before' in one, 'after' in one])).toEqual([
      [true, true],
      [false, true],
      [true, false],
    ]);
  });

  test('is unchanged where neither a value nor an owner differs; a field that becomes ours is a change', async () => {
    expect(await plan(server(live(), live()))).toMatchObject({
      planned: { action: 'unchanged', changes: [] },
    });
    const more = live({ managedFields: [byUs({ 'f:data': { 'f:x': {}, 'f:y': {} } })] });
    expect(await plan(server(live(), more))).toMatchObject({ planned: { action: 'change', changes: [] } });
  });

  test('is ours without the label while the inventory has it, and with the label of another it is not', async () => {
    const bare = live({ labels: {} });
    expect(await plan(server(bare, bare))).toMatchObject({ planned: { action: 'unchanged' } });
    const unknown = { isInInventory: false, seen: undefined };
    expect((await refused(server(bare, bare), {}, ordered(), unknown)).code).toBe('OBJECT_NOT_OURS');
    expect(await plan(server(live(), live()), {}, ordered(), unknown)).toMatchObject({
      planned: { action: 'unchanged' },
    });
    const anothers = live({ labels: { [PART_OF]: 'other' } });
    expect((await refused(server(anothers, anothers))).found).toContain('belongs to another release');
    const lost = live({ managedFields: [by('helm', DATA)] });
    const { code, found } = await refused(server(lost, lost));
    expect([code, found]).toEqual(['OBJECT_NOT_OURS', 'an object of helm that is there already']);
  });

  test('is refused while it is being deleted, with what it waits for', async () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    const going = live({ deletionTimestamp, finalizers: ['a.example.com', 'b'] });
    expect(await refused(server(going, going))).toMatchObject({
      code: 'OBJECT_REFUSED',
      where: 'ConfigMap here/a (set.yaml)',
      found: `an object that is being deleted since ${deletionTimestamp} and waits for its finalizers a.example.com, b`,
      expected: 'one that stays, or none',
      remedy: 'Wait until it is gone, and look at what has to remove the finalizers.',
    });
    const soon = live({ deletionTimestamp });
    expect((await refused(server(soon, soon))).found).toBe(
      `an object that is being deleted since ${deletionTimestamp}`,
    );
  });

  test('and proven to be as it is wanted is unchanged, and named by its UID', () => {
    expect(planProven(release, ordered(), live())).toEqual({
      planned: { ...ordered().member.ref, action: 'unchanged', changes: [], taken: [] },
      ordered: ordered(),
      desired: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: OURS, uid: 'u' } },
      live: live(),
      force: false,
    });
  });
});

describe('fields of others', () => {
  const theirs = live({ managedFields: [byUs({}), by('helm', DATA, '2026-01-01T00:00:00Z')] });

  test('are a conflict with their owner, since when', async () => {
    const told = await refused(server(theirs, conflict('.data.x', 'helm')));
    expect(told.code).toBe('FIELD_CONFLICT');
    expect(told.found).toContain('data.x of helm (since 2026-01-01T00:00:00Z)');
  });

  test('are taken by force when that is allowed, and told', async () => {
    const after = live({}, { data: { x: '2' } });
    const cluster = server(theirs, conflict('.data.x', 'helm'), after);
    expect(await plan(cluster, { forceConflicts: true })).toMatchObject({
      planned: {
        action: 'change',
        changes: [{ path: 'data.x', owners: [{ manager: 'helm', since: '2026-01-01T00:00:00Z' }] }],
        taken: [{ path: 'data.x', owner: { manager: 'helm', since: '2026-01-01T00:00:00Z' } }],
      },
      force: true,
    });
    expect(cluster.said).toMatchObject([
      { force: false },
      { force: true, object: { metadata: { uid: 'u' } } },
    ]);
  });

  test('are not tried by force where nothing conflicts', async () => {
    const cluster = server(live(), live());
    await plan(cluster, { forceConflicts: true });
    expect(cluster.said).toHaveLength(1);
  });

  test('of an object that is adopted are taken without more', async () => {
    const foreign = live({ labels: {}, managedFields: [by('helm', DATA)] });
    const cluster = server(foreign, conflict('.data.x', 'helm'), live());
    expect(await plan(cluster, { adopt: true })).toMatchObject({ planned: { action: 'adopt' }, force: true });
  });

  test('of a named manager become ours: what it alone had goes, and that is tried', async () => {
    const both = { 'f:data': { 'f:x': {}, 'f:y': {} } };
    const before = live(
      { labels: {}, managedFields: [by('helm', both, '2026-01-01T00:00:00Z')] },
      {
        data: { x: '1', y: '1' },
      },
    );
    const applied = live({ managedFields: [byUs(DATA), by('helm', both)] }, { data: { x: '1', y: '1' } });
    const changed = live({}, { data: { x: '1' } });
    const cluster = server(before, applied, changed);
    expect(await plan(cluster, { adoptFrom: ['helm'] })).toMatchObject({
      planned: {
        action: 'adopt',
        changes: expect.arrayContaining([
          {
            path: 'data.y',
            before: '1',
            hidden: false,
            owners: [{ manager: 'helm', since: '2026-01-01T00:00:00Z' }],
          },
        ]),
        taken: [{ path: 'data.x', owner: { manager: 'helm', since: '2026-01-01T00:00:00Z' } }],
      },
      takeFrom: ['helm'],
    });
    expect(cluster.said.at(-1)).toMatchObject({
      what: 'change',
      object: { data: { y: null } },
      dryRun: true,
    });
  });

  test('of a named manager are taken by force where they conflict; those of another one are a conflict', async () => {
    const mixed = live({ managedFields: [byUs({}), by('helm', DATA), by('x', DATA)] });
    const forced = server(mixed, conflict('.data.x', 'helm'), live());
    expect(await plan(forced, { adoptFrom: ['helm'] })).toMatchObject({
      planned: { action: 'change' },
      force: true,
    });
    const told = await refused(server(mixed, conflict('.data.x', 'x')), { adoptFrom: ['helm'] });
    expect(told.code).toBe('FIELD_CONFLICT');
  });

  test('of a manager that has none are not looked for', async () => {
    expect(await plan(server(live(), live()), { adoptFrom: ['helm'] })).toMatchObject({
      planned: { action: 'unchanged' },
    });
  });

  test('of a named manager that change nothing are no second call', async () => {
    const shared = live({ managedFields: [byUs(DATA), by('helm', DATA)] });
    const cluster = server(shared, shared);
    expect(await plan(cluster, { adoptFrom: ['helm'] })).toMatchObject({
      planned: { action: 'change', changes: [], taken: [{ path: 'data.x' }] },
    });
    expect(cluster.said).toHaveLength(1);
  });
});

describe('what cannot be changed', () => {
  const job = (more: object = {}) => live(more, { spec: {} }, 'Job');

  test('is refused, and made anew where its kind is named, without the UID of the old one', async () => {
    expect((await refused(server(job(), immutable()), {}, ordered('Job'))).remedy).toContain(
      '--recreate Job',
    );
    const write = await plan(server(job(), immutable()), { recreate: ['Job'] }, ordered('Job'));
    expect(write).toMatchObject({
      planned: {
        action: 'recreate',
        changes: [{ path: 'spec.x', hidden: false, owners: [] }],
        taken: [],
        note: 'made anew, since spec.x cannot be changed',
      },
      live: job(),
      force: false,
    });
    expect((write as Exclude<typeof write, DeployError>).desired.metadata).toHaveProperty('uid', undefined);
  });

  test('of what holds data is refused for good', async () => {
    const claim = server(live({}, {}, 'PersistentVolumeClaim'), immutable());
    const told = await refused(
      claim,
      { recreate: ['PersistentVolumeClaim'] },
      ordered('PersistentVolumeClaim'),
    );
    expect(told.remedy).toContain('is never deleted to make it anew');
  });

  test('of a Secret is told without values', async () => {
    const write = await plan(
      server(live({}, {}, 'Secret'), immutable('data.x')),
      { recreate: ['Secret'] },
      ordered('Secret'),
    );
    expect(write).toMatchObject({ planned: { changes: [{ path: 'data.x', hidden: true, owners: [] }] } });
  });

  test('and any other refusal is thrown', async () => {
    await expect(plan(server(live(), refusal(403, 'Forbidden')))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('a hook', () => {
  const annotations = { 'helm.sh/hook': 'pre-install,pre-upgrade' };
  const hook = ordered('Job', { apiVersion: 'batch/v1', metadata: { name: 'a', annotations } });
  const failed = (more: object = {}) =>
    ({
      ...live(more, { status: { conditions: [{ type: 'Failed', status: 'True' }] } }, 'Job'),
      apiVersion: 'batch/v1',
    }) as Live;
  const well = { ...live({}, {}, 'Job'), apiVersion: 'batch/v1' } as Live;

  test('that has failed is made anew; one that has not, and one that is not ours, is not', async () => {
    expect(await plan(server(failed(), failed()), {}, hook)).toMatchObject({
      planned: { action: 'recreate', note: 'it is a hook that has failed', changes: [], taken: [] },
    });
    expect(await plan(server(well, well), {}, hook)).toMatchObject({ planned: { action: 'unchanged' } });
    const foreign = failed({ labels: {}, managedFields: [by('helm', {})] });
    expect((await refused(server(foreign, foreign), {}, hook)).code).toBe('OBJECT_NOT_OURS');
    expect(await plan(server(foreign, failed()), { adopt: true }, hook)).toMatchObject({
      planned: { action: 'adopt' },
    });
  });

  test('that cannot be changed is made anew without being named', async () => {
    expect(await plan(server(well, immutable()), {}, hook)).toMatchObject({
      planned: { action: 'recreate' },
    });
  });

  test('that has failed has no proof, nor has what is on its way out', () => {
    const { member: one } = hook;
    expect(proofOf(release, one, well)).toMatch(/^.{22}$/);
    expect(proofOf(release, one, failed())).toBeUndefined();
    expect(proofOf(release, member('Job', { apiVersion: 'batch/v1' }), failed())).toMatch(/^.{22}$/);
    const going = { ...well, metadata: { ...well.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(proofOf(release, one, going)).toBeUndefined();
  });
});

describe('a Secret', () => {
  const secret = (content: object, more: object = {}) => live(more, content, 'Secret');
  const changesOf = async (before: Live, after: Live) => {
    const write = await plan(server(before, after), {}, ordered('Secret'));
    return (write as Exclude<typeof write, DeployError>).planned.changes;
  };

  test('is told without its values', async () => {
    const changes = await changesOf(secret({ data: { x: 'MQ==' } }), secret({ data: { x: 'Mg==' } }));
    expect(changes).toEqual([{ path: 'data.x', hidden: true, owners: [] }]);
  });

  test('is told with its type and its labels, which are no secret', async () => {
    const labelled = secret({ type: 'b' }, { labels: { ...OURS, a: '1' } });
    expect(await changesOf(secret({ type: 'a' }), labelled)).toEqual([
      { path: 'metadata.labels.a', hidden: false, owners: [], after: '1' },
      { path: 'type', hidden: false, owners: [], before: 'a', after: 'b' },
    ]);
  });

  test('is told without the copy of it that kubectl keeps', async () => {
    const copy = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const other = { ...copy, note: 'a' };
    expect(await changesOf(secret({}), secret({}, { annotations: other }))).toEqual([
      { path: 'metadata.annotations', hidden: true, owners: [] },
    ]);
    const [first, second] = await changesOf(
      secret({}, { annotations: { note: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{1}' } }),
      secret({}, { annotations: other }),
    );
    expect([first?.hidden, second]).toEqual([
      true,
      { path: 'metadata.annotations.note', hidden: false, owners: [], before: 'b', after: 'a' },
    ]);
  });

  test('of another group is no Secret', async () => {
    const custom = (x: string): Live => ({ ...secret({ data: { x } }), apiVersion: 'example.com/v1' });
    const write = await plan(server(custom('1'), custom('2')), {}, ordered('Secret'));
    expect(write).toMatchObject({ planned: { changes: [{ path: 'data.x', hidden: false, before: '1' }] } });
  });
});

test('labels of the object are kept beside ours', async () => {
  const labelled: Partial<KubeObject> = { metadata: { name: 'a', labels: { app: 'web' } } };
  const write = await plan(
    server(undefined, live({ resourceVersion: '' })),
    {},
    ordered('ConfigMap', labelled),
  );
  expect(write).toMatchObject({ desired: { metadata: { labels: { app: 'web', ...OURS } } } });
});
