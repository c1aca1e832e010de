import { FleetWorld, NAMESPACE } from '../testing-only/fleet-world';
import { FORGET_ANNOTATION } from './targets';

jest.setTimeout(60_000);

/** An Application in several clusters, each a model behind a server of its own; test/gitops has real ones. */

let world: FleetWorld;
const start = async (destination: object, ...names: readonly string[]) => {
  world = await FleetWorld.start(names, destination);
};
afterEach(() => world.close());

const map = (name: string, x = '1') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: "${x}" }\n`;
const files = (maps: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(maps).map(([name, x]) => [`${name}.yaml`, map(name, x)]));
const entry = (name: string) => world.status.clusters?.find((one) => one.name === name);
const said = () => [world.status.phase, world.status.sync];
const both = { clusters: ['west', 'east'] };
const live = { clusterSelector: { matchLabels: { tier: 'live' } } };
const calls = (name: string) => world.places.get(name)!.server.seen.length;

test('clusters by name get the same commit, and each has its line in the status', async () => {
  await start(both, 'east', 'west', 'north');
  const head = world.source.push(files({ a: '1', b: '1' }));
  await world.reconcile();
  expect([world.maps('east'), world.maps('west'), world.maps('north')]).toEqual([
    ...[{ a: '1', b: '1' }, { a: '1', b: '1' }, {}],
  ]);
  expect(world.status).toMatchObject({
    ...{ phase: 'Healthy', sync: 'Synced', health: 'Healthy', inventory: 4, lastAppliedRevision: head },
    message: `4 object(s) in 2 cluster(s) are as commit ${head} says`,
  });
  expect(world.status.clusters?.map(({ name, phase, revision }) => [name, phase, revision])).toEqual([
    ['east', 'Healthy', head],
    ['west', 'Healthy', head],
  ]);
  expect([...world.home.model.objects.values()].some(({ kind }) => kind === 'ConfigMap')).toBe(false);
  expect(world.told.map(({ note }) => note).sort()).toEqual([
    `east: commit ${head}: 2 applied`,
    `west: commit ${head}: 2 applied`,
  ]);
});

test('nothing is asked of clusters in which nothing has changed, and drift in one is mended there alone', async () => {
  await start(live, 'east', 'west');
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  await world.reconcile();
  const before = [calls('east'), calls('west')];
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  expect([calls('east'), calls('west')]).toEqual(before);
  world.woken.length = 0;
  world.edit('east', 'a', 'by hand');
  expect(world.woken.length).toBeGreaterThan(0);
  await world.reconcile();
  expect(world.maps('east')).toEqual({ a: '1' });
});

test('where a cluster is named before anything is in it, no kill can lose it', async () => {
  await start(both, 'east', 'west');
  world.source.push(files({ a: '1' }));
  let writes = 0;
  world.beforeWrite = () => {
    writes += 1;
    if (writes > 1) throw new Error('killed');
  };
  await world.reconcile().catch(() => {});
  expect(world.status.clusters?.map(({ name }) => name)).toEqual(['east', 'west']);
  expect([world.maps('east'), world.maps('west')]).toEqual([{}, {}]);
});

test('one that is away is told, holds up no other, and gets the commit of now when it is back', async () => {
  await start(both, 'east', 'west');
  const first = world.source.push(files({ a: '1' }));
  await world.reconcile();
  world.places.get('west')!.isAway = true;
  const second = world.source.push(files({ a: '2' }));
  expect(await world.reconcile()).toEqual({ afterMs: 5_000 });
  expect([world.maps('east'), world.maps('west')]).toEqual([{ a: '2' }, { a: '1' }]);
  expect(said()).toEqual(['Degraded', 'Unknown']);
  expect(world.status).toMatchObject({ lastAppliedRevision: first, lastAttemptedRevision: second });
  expect(entry('east')).toMatchObject({ phase: 'Healthy', sync: 'Synced', revision: second });
  expect(entry('west')).toMatchObject({
    ...{ phase: 'Degraded', sync: 'Unknown', health: 'Unknown', revision: first },
    reason: expect.stringMatching(/^Cluster(Denied|Unreachable)$/),
  });
  expect(world.status.message).toMatch(/^1 of 2 cluster\(s\): west: /);
  expect(world.doubted).toContain(`${NAMESPACE}/west`);

  // Found once for all who ask: until its Cluster is looked at again it is not tried, and the other is not asked.
  await world.reconcile();
  const before = [calls('east'), calls('west')];
  await world.reconcile();
  expect([calls('east'), calls('west')]).toEqual(before);

  world.places.get('west')!.isAway = false;
  await world.links.of(world.homeConnection, world.clusters.get('west')!, 0);
  await world.reconcile();
  expect([world.maps('west'), ...said(), world.status.lastAppliedRevision]).toEqual([
    ...[{ a: '2' }, 'Healthy', 'Synced', second],
  ]);
});

test('what one cluster refuses is not in it, and no mixture is called synced', async () => {
  await start(both, 'east', 'west');
  const { model } = world.places.get('west')!;
  model.edit('somebody', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: NAMESPACE } },
    data: { x: 'theirs' },
  } as never);
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  expect([world.maps('east'), world.maps('west')]).toEqual([{ a: '1' }, { a: 'theirs' }]);
  expect([...said(), world.status.lastAppliedRevision]).toEqual(['Failed', 'OutOfSync', undefined]);
  expect([entry('east')?.phase, entry('west')?.phase]).toEqual(['Healthy', 'Failed']);
  expect(world.status.message).toContain('`spec.sync.adopt`');
});

test('a commit that is put back after a bad one is what is said', async () => {
  await start(both, 'east', 'west');
  const good = world.source.push(files({ a: '1' }));
  for (let time = 0; time < 2; time += 1) await world.reconcile();
  world.source.push({ 'a.yaml': 'apiVersion: v1\nkind: Confg\nmetadata: { name: z }\n' });
  await world.reconcile();
  expect(said()[0]).toBe('Failed');
  world.source.putBack(good);
  await world.reconcile();
  expect(said()).toEqual(['Healthy', 'Synced']);
});

test('drift in one cluster is mended while another is still waited for', async () => {
  await start(both, 'east', 'west');
  world.change({ sync: { timeout: '1h', interval: '20ms' } });
  world.places.get('west')!.model.jobStatus = { active: 1 };
  const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: job }\nspec: { template: { image: a } }\n';
  world.source.push({ ...files({ a: '1' }), 'job.yaml': job });
  const working = world.reconcile();
  const until = async (is: () => boolean) => {
    while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(() => entry('east')?.phase === 'Healthy');
  world.edit('east', 'a', 'by hand');
  await until(() => world.maps('east').a === '1');
  expect(entry('west')?.phase).toBe('Syncing');
  world.source.push(files({ a: '2' }));
  await working;
  await world.reconcile();
  expect([said(), world.maps('east'), world.maps('west')]).toEqual([
    ['Healthy', 'Synced'],
    { a: '2' },
    { a: '2' },
  ]);
});

test('a Secret that has changed is another connection, and one that has gone is told', async () => {
  await start({ clusters: ['east'] }, 'east', 'west');
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  const of = () => world.links.of(world.homeConnection, world.clusters.get('east')!, 0);
  const one = await of();
  expect((await of()).connection).toBe(one.connection);
  world.writeSecret('east', 'west');
  const other = await of();
  expect([one.lost.aborted, one.connection.closing.aborted, other.connection === one.connection]).toEqual([
    ...[true, true, false],
  ]);
  await world.reconcile();
  expect(world.maps('west')).toEqual({ a: '1' });
  const { model } = world.home;
  model.drop([...model.objects.keys()].find((key) => /Secret/.test(key))!);
  await expect(of()).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  expect(other.lost.aborted).toBe(true);
  await world.reconcile();
  expect([said()[0], entry('east')?.reason]).toEqual(['Degraded', 'SecretMissing']);
  world.writeSecret('east');
  await of();
  await world.reconcile();
  expect(said()).toEqual(['Healthy', 'Synced']);
});

test('a cluster that is selected later gets the commit, and one that is no longer is emptied once the others are well', async () => {
  await start(live, 'east');
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  world.woken.length = 0;
  await world.addCluster('west');
  expect(world.woken).toEqual([`${NAMESPACE}/shop`]);
  await world.reconcile();
  expect(world.maps('west')).toEqual({ a: '1' });

  world.label('east', { tier: 'test' });
  world.places.get('west')!.isAway = true;
  await world.links.of(world.homeConnection, world.clusters.get('west')!, 0).catch(() => {});
  await world.reconcile();
  expect([world.maps('east'), entry('east')?.reason]).toEqual([{ a: '1' }, 'ClusterLeaving']);
  world.places.get('west')!.isAway = false;
  await world.links.of(world.homeConnection, world.clusters.get('west')!, 0);
  await world.reconcile();
  expect([world.maps('east'), world.maps('west')]).toEqual([{}, { a: '1' }]);
  expect([world.status.clusters?.map(({ name }) => name), ...said()]).toEqual([
    ...[['west'], 'Healthy', 'Synced'],
  ]);
});

test('a selector that matches nothing any more deletes nothing', async () => {
  await start(live, 'east', 'west');
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  for (const name of ['east', 'west']) world.label(name, {});
  await world.reconcile();
  expect([world.maps('east'), world.maps('west'), said()[0]]).toEqual([{ a: '1' }, { a: '1' }, 'Degraded']);
  expect(world.status.message).toContain('clusterSelector');
  for (const name of ['east', 'west']) world.label(name, { tier: 'live' });
  await world.reconcile();
  expect(said()).toEqual(['Healthy', 'Synced']);
});

const many = { a: '1', b: '1', c: '1', d: '1' };

test('more than a few objects are deleted in a cluster that is no longer meant when that is allowed, or left when it is said', async () => {
  await start(both, 'east', 'west');
  world.source.push(files(many));
  await world.reconcile();
  world.change({ destination: { clusters: ['west'] } });
  expect(await world.reconcile()).toEqual({ afterMs: 5_000 });
  expect([world.maps('east'), ...said()]).toEqual([many, 'Pending', 'Synced']);
  expect(world.status.message).toContain('`spec.sync.allowPrune`');
  expect(entry('east')).toMatchObject({ inventory: 4, phase: 'Pending' });
  // Again, with another process.
  world.restart();
  await world.reconcile();
  expect(world.maps('east')).toEqual(many);
  world.change({ sync: { timeout: '1s', allowPrune: true } });
  await world.reconcile();
  expect([world.maps('east'), ...said(), entry('east')]).toEqual([{}, 'Healthy', 'Synced', undefined]);

  world.change({ sync: { timeout: '1s' }, destination: both });
  await world.reconcile();
  world.change({ destination: { clusters: ['east'] } });
  await world.reconcile();
  world.annotate({ [FORGET_ANNOTATION]: 'north, west' });
  await world.reconcile();
  expect([world.maps('west'), ...said(), entry('west')]).toEqual([many, 'Healthy', 'Synced', undefined]);
  expect(world.told.at(-1)).toMatchObject({ reason: 'Left' });
});

test('without `prune` a cluster that is no longer meant keeps what it has', async () => {
  await start(both, 'east', 'west');
  world.change({ sync: { timeout: '1s', prune: false } });
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  world.change({ destination: { clusters: ['west'] } });
  await world.reconcile();
  expect([world.maps('east'), world.status.clusters?.length, ...said()]).toEqual([
    ...[{ a: '1' }, 1, 'Healthy', 'Synced'],
  ]);
  expect(world.told.at(-1)).toMatchObject({ reason: 'Left' });
});

test('two names of one cluster: when one is no longer meant, what the other has stays', async () => {
  await start(both, 'east', 'west');
  world.writeSecret('east', 'west');
  world.source.push(files({ a: '1' }));
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  world.change({ destination: { clusters: ['west'] } });
  await world.reconcile();
  expect([world.maps('west'), world.status.clusters?.map(({ name }) => name)]).toEqual([
    { a: '1' },
    ['west'],
  ]);
});

test('a cluster that comes back by another address keeps what it has', async () => {
  await start(both, 'east', 'west');
  world.source.push(files({ a: '1' }));
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  // It would be made again at the next look, as another object.
  const uids = () =>
    [...world.places.get('west')!.model.objects.values()].map(({ metadata }) => metadata.uid);
  const before = uids();
  await world.addAlias('west-anew', 'west');
  world.change({ destination: { clusters: ['east', 'west-anew'] } });
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  expect([world.maps('west'), world.status.clusters?.map(({ name }) => name)]).toEqual([
    { a: '1' },
    ['east', 'west-anew'],
  ]);
  expect(uids()).toEqual(expect.arrayContaining(before));

  // The control: of a cluster that is another one it goes.
  world.change({ destination: { clusters: ['west-anew'] } });
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  expect([world.maps('east'), world.maps('west')]).toEqual([{}, { a: '1' }]);
});

test('a deletion waits for a cluster that is away, says for which, and lets go of one that a person forgets', async () => {
  await start(both, 'east', 'west');
  world.source.push(files(many));
  await world.reconcile();
  world.places.get('west')!.isAway = true;
  await world.links.of(world.homeConnection, world.clusters.get('west')!, 0).catch(() => {});
  expect(await world.finalize()).toEqual({ afterMs: 5_000 });
  expect([world.maps('east'), world.maps('west')]).toEqual([{}, many]);
  expect(world.status.clusters?.map(({ name }) => name)).toEqual(['west']);
  expect(world.status.message).toMatch(/waits for 1 cluster.*ajj\.io\/forget-clusters=west/);
  // Its Cluster goes, too.
  world.removeCluster('west');
  expect(await world.finalize()).toEqual({ afterMs: 5_000 });
  expect(entry('west')?.reason).toBe('ClusterMissing');
  world.annotate({ [FORGET_ANNOTATION]: 'west' });
  expect(await world.finalize()).toBeUndefined();
  expect(world.maps('west')).toEqual(many);

  // The control: it is back, and all of it goes.
  world.annotate({});
  await world.addCluster('west');
  world.places.get('west')!.isAway = false;
  await world.links.of(world.homeConnection, world.clusters.get('west')!, 0);
  expect(await world.finalize()).toBeUndefined();
  expect(world.maps('west')).toEqual({});
});

describe('waves', () => {
  const wave = (stage: string, soak?: string) => ({
    selector: { matchLabels: { stage } },
    ...(soak ? { soak } : {}),
  });
  const inWaves = async (...waves: readonly object[]) => {
    await start({ clusters: ['east', 'north', 'west'], waves }, 'east', 'north', 'west');
    world.label('west', { stage: 'first' });
    world.label('east', { stage: 'second' });
  };
  const everywhere = () => ['west', 'east', 'north'].map((name) => world.maps(name).a);
  const onward = (seconds: number) => {
    jest.useFakeTimers({
      doNotFake: [
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'setInterval',
        'setTimeout',
        'clearTimeout',
        'clearInterval',
        'clearImmediate',
      ],
      now: Date.now() + seconds * 1_000,
    });
  };
  afterEach(() => jest.useRealTimers());

  test('one has a commit after the other, those that none selects at the end', async () => {
    await inWaves(wave('first'), wave('second'));
    const head = world.source.push(files({ a: '1' }));
    expect(await world.reconcile()).toEqual({ afterMs: 5_000 });
    expect([everywhere(), ...said()]).toEqual([['1', undefined, undefined], 'Pending', 'OutOfSync']);
    expect(entry('north')?.message).toBe(`commit ${head} waits for wave 1: west has to be healthy with it`);
    await world.reconcile();
    expect(everywhere()).toEqual(['1', '1', undefined]);
    await world.reconcile();
    expect([everywhere(), ...said()]).toEqual([['1', '1', '1'], 'Healthy', 'Synced']);
  });

  test('one that is away or not well holds back those behind it, and repairs of what they have go on', async () => {
    await inWaves(wave('first'));
    world.source.push(files({ a: '1' }));
    for (let time = 0; time < 3; time += 1) await world.reconcile();
    world.places.get('west')!.isAway = true;
    await world.lookAtClusters();
    await world.reconcile();
    world.edit('east', 'a', 'by hand');
    await world.reconcile();
    expect(everywhere()).toEqual(['1', '1', '1']);
    world.source.push(files({ a: '2' }));
    for (let time = 0; time < 3; time += 1) await world.reconcile();
    expect([everywhere(), said()[0]]).toEqual([['1', '1', '1'], 'Degraded']);
    world.places.get('west')!.isAway = false;
    await world.lookAtClusters();
    for (let time = 0; time < 2; time += 1) await world.reconcile();
    expect([everywhere(), ...said()]).toEqual([['2', '2', '2'], 'Healthy', 'Synced']);
  });

  test('a wave is to be healthy for as long as it says, also for another process, and by a clock that was put back', async () => {
    await inWaves(wave('first', '1h'));
    world.source.push(files({ a: '1' }));
    for (let time = 0; time < 3; time += 1) await world.reconcile();
    expect(everywhere()).toEqual(['1', undefined, undefined]);
    expect(entry('east')?.message).toMatch(/wave 1: west has to be healthy for \d{4} s more/);
    onward(-7_200);
    await world.reconcile();
    expect(entry('east')?.message).toContain('for 3600 s more');
    onward(7_200 + 3_500);
    world.restart();
    await world.reconcile();
    expect(everywhere()).toEqual(['1', undefined, undefined]);
    onward(200);
    await world.reconcile();
    expect([everywhere(), ...said()]).toEqual([['1', '1', '1'], 'Healthy', 'Synced']);
  });
});

test('a cluster in which a commit is not healthy takes it back, and those of later waves never get it', async () => {
  const waves = [{ selector: { matchLabels: { stage: 'canary' } } }];
  await start({ clusters: ['east', 'west'], waves }, 'east', 'west');
  world.label('east', { tier: 'live', stage: 'canary' });
  world.change({ sync: { timeout: '1s', rollback: true } });
  const first = world.source.push(files({ a: '1' }));
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  expect(said()).toEqual(['Healthy', 'Synced']);
  world.places.get('east')!.model.jobStatus = { conditions: [{ type: 'Failed', status: 'True' }] };
  const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: job }\nspec: { template: { image: a } }\n';
  world.source.push({ ...files({ a: '2', b: '2' }), 'job.yaml': job });
  const isBack = () => {
    expect([world.maps('east'), world.maps('west')]).toEqual([{ a: '1' }, { a: '1' }]);
    expect([...said(), world.status.lastAppliedRevision]).toEqual(['Failed', 'OutOfSync', first]);
    expect(entry('east')).toMatchObject({ phase: 'Failed', reason: 'RolledBack', revision: first });
    expect(entry('east')?.rolledBack?.message).toBe('Job here/job: Failed is True');
    expect(entry('west')).toMatchObject({ phase: 'Pending', reason: 'WaveWaits', revision: first });
  };
  await world.reconcile();
  isBack();
  world.restart();
  world.edit('east', 'a', 'by hand');
  await world.reconcile();
  isBack();
  // Away and back it is still not tried.
  world.places.get('east')!.isAway = true;
  world.restart();
  await world.reconcile();
  expect(entry('east')).toMatchObject({ sync: 'Unknown', rolledBack: { generation: 2 } });
  world.places.get('east')!.isAway = false;
  world.restart();
  await world.reconcile();
  isBack();
  const third = world.source.push(files({ a: '3' }));
  for (let time = 0; time < 3; time += 1) await world.reconcile();
  expect([...said(), world.status.lastAppliedRevision]).toEqual(['Healthy', 'Synced', third]);
  expect(entry('east')?.rolledBack).toBeUndefined();
});

test('a cluster that could not go back is what the Application says, whatever the others have come to', async () => {
  await start(both, 'east', 'west');
  world.change({ sync: { timeout: '1s', rollback: true } });
  const jobOf = (of: string) => ({
    'job.yaml': `apiVersion: batch/v1\nkind: Job\nmetadata: { name: job, labels: { of: ${of} } }\nspec: { template: { image: a } }\n`,
  });
  world.source.push({ ...files({ a: '1' }), ...jobOf('good') });
  /** The model writes the status of a Job with the next write to it. */
  const jobsAre = (end: 'Complete' | 'Failed', ...names: readonly string[]) => {
    for (const name of names) {
      const { model } = world.places.get(name)!;
      model.jobStatus = { conditions: [{ type: end, status: 'True' }] };
      const metadata = { name: 'job', namespace: NAMESPACE, annotations: { seen: end } };
      model.edit('jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata });
    }
  };
  for (let time = 0; time < 2; time += 1) await world.reconcile();
  expect(said()).toEqual(['Healthy', 'Synced']);
  const ready = () => world.status.conditions?.find(({ type }) => type === 'Ready')?.reason;

  // What was before is healthy again in one of them alone.
  jobsAre('Failed', 'east', 'west');
  world.source.push({ ...files({ a: '2' }), ...jobOf('bad') });
  await world.reconcile();
  jobsAre('Complete', 'east');
  await world.reconcile();
  expect([entry('east')?.reason, entry('west')?.reason]).toEqual(['RolledBack', 'RollbackFailed']);
  expect([...said(), world.status.health, ready()]).toEqual([
    ...['Degraded', 'OutOfSync', 'Degraded', 'RollbackFailed'],
  ]);
  expect(world.status.message).toMatch(/^1 of 2 cluster\(s\): west: .*is being taken back, which goes on/);

  // The control: when it has gone back too, that is what is said.
  jobsAre('Complete', 'west');
  await world.reconcile();
  expect([...said(), world.status.health, ready()]).toEqual(['Failed', 'OutOfSync', 'Healthy', 'RolledBack']);
});

test('what is done in other clusters is done in the name of the account, and may be written as long as this process leads', async () => {
  await start({ clusters: ['east'] }, 'east');
  world.change({ serviceAccount: 'deployer' });
  world.source.push(files({ a: '1' }));
  await world.reconcile();
  const { server } = world.places.get('east')!;
  const writes = server.seen.filter(({ method, path }) => method !== 'GET' && !/accessreviews$/.test(path));
  expect(new Set(writes.map(({ headers }) => headers['impersonate-user']))).toEqual(
    new Set([`system:serviceaccount:${NAMESPACE}:deployer`]),
  );
  world.source.push(files({ a: '2' }));
  const fenced = Object.assign(new Error('not the leader'), { code: 'FENCED' });
  let sent = 0;
  world.restart();
  // That it begins may still be said.
  world.beforeWrite = () => {
    sent += 1;
    if (sent > 1) throw fenced;
  };
  await expect(world.reconcile()).rejects.toMatchObject({ code: 'FENCED' });
  expect(world.maps('east')).toEqual({ a: '1' });
});
