import { FleetWorld } from '../testing-only/fleet-world';

jest.setTimeout(60_000);

/** Gates between waves, over models of clusters and of Prometheus; test/gitops asks the real one. */

let world: FleetWorld;
afterEach(() => world.close());
afterEach(() => jest.useRealTimers());

interface State {
  readonly state: string;
}

const file = (x: string) => ({
  'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: "${x}" }\n`,
});
const errors = { name: 'errors', query: 'sum(errors)', max: 0.05 };
const NOBODY = { found: 'no answer within 10 s', remedy: 'ask for less' };
const wave = (stage: string, gate?: object, soak = '0s') => ({
  ...{ selector: { matchLabels: { stage } }, soak },
  ...(gate ? { gate } : {}),
});

/** West first, then east, then north. */
async function start(gate: object, second?: object, sync: object = {}): Promise<void> {
  world = await FleetWorld.start(['east', 'north', 'west'], {});
  world.label('west', { stage: 'first' });
  world.label('east', { stage: 'second' });
  world.label('north', { stage: 'third' });
  world.change({
    destination: {
      clusters: ['east', 'north', 'west'],
      waves: [wave('first', gate), wave('second', second)],
    },
    // Every look asks anew.
    sync: { timeout: '1s', interval: '1ms', ...sync },
  });
}

const everywhere = () => ['west', 'east', 'north'].map((name) => world.maps(name).a);
const entry = (name: string) => world.status.clusters?.find((one) => one.name === name);
const condition = () => {
  const found = world.status.conditions?.find(({ type }) => type === 'Gate');
  return found && [found.status, found.reason, found.message];
};
const ready = () => world.status.conditions?.find(({ type }) => type === 'Ready')?.reason;
const look = async (times = 1) => {
  for (let time = 0; time < times; time += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await world.reconcile();
  }
};
/** The clock of the machine goes, and timers as they did. */
const onward = (seconds: number) =>
  jest.useFakeTimers({
    doNotFake: [
      ...(['nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'] as const),
      ...(['setTimeout', 'clearTimeout', 'clearInterval', 'clearImmediate'] as const),
    ],
    now: Date.now() + seconds * 1_000,
  });

test('the next wave gets a commit when the gate of the one before is open, and nothing is asked when all have it', async () => {
  await start({ queries: [errors] });
  const head = world.source.push(file('1'));
  world.measured = () => ({ number: 0.05 });
  await look();
  expect([everywhere(), world.questions]).toEqual([['1', undefined, undefined], []]);
  await look(2);
  expect([everywhere(), world.status.phase, condition()]).toEqual([['1', '1', '1'], 'Healthy', undefined]);
  expect(world.status.lastAppliedRevision).toBe(head);
  const asked = world.questions.length;
  expect(asked).toBeGreaterThan(0);
  await look(3);
  expect(world.questions).toHaveLength(asked);
});

test.each<[what: string, answer: object, bounds: object, reason: string, words: string]>([
  ['above its bound', { number: 0.051 }, { max: 0.05 }, 'GateClosed', 'to be at most 0.05, and is 0.051'],
  ['below its bound', { number: 0.98 }, { min: 0.99 }, 'GateClosed', 'to be at least 0.99, and is 0.98'],
  ['beside both', { number: 3 }, { min: 1, max: 2 }, 'GateClosed', 'at least 1 and at most 2, and is 3'],
  ['without an answer', NOBODY, { max: 1 }, 'GateUnanswered', 'no answer within 10 s; ask for less'],
  ['of no number', { number: Number.NaN }, { max: 1 }, 'GateClosed', 'and is NaN'],
])(
  'a gate %s holds back what is behind it, says why, and is asked again',
  async (_what, answer, bounds, reason, words) => {
    await start({ queries: [{ ...errors, max: undefined, ...bounds }] });
    const head = world.source.push(file('1'));
    world.measured = () => answer as never;
    await look(3);
    expect([everywhere(), world.status.phase, ready()]).toEqual([
      ...[['1', undefined, undefined], 'Pending', reason],
    ]);
    expect(condition()).toEqual([
      ...[reason === 'GateClosed' ? 'False' : 'Unknown', reason, expect.stringContaining(words)],
    ]);
    expect(entry('east')?.message).toMatch(
      RegExp(`^commit ${head} waits for the gate of wave 1: \`errors\` has `),
    );
    expect(await world.reconcile()).toEqual({ afterMs: 1 });
    world.measured = () => ({ number: bounds && 'min' in bounds ? 1 : 0 });
    await look(2);
    expect([everywhere(), world.status.phase, condition(), world.status.gate ?? undefined]).toEqual([
      ...[['1', '1', '1'], 'Healthy', undefined, undefined],
    ]);
  },
);

test('of several questions all have to be within their bounds, one is asked after the other, and an answer outside says more than none', async () => {
  const second = { name: 'latency', query: 'p99', max: 1 };
  await start({ queries: [errors, second] });
  world.source.push(file('1'));
  let under = 0;
  let most = 0;
  const answers: Record<string, object> = { 'sum(errors)': NOBODY, p99: { number: 2 } };
  world.measured = async (query) => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setTimeout(resolve, 5));
    under -= 1;
    return answers[query] as never;
  };
  await look(2);
  expect([condition()?.[1], world.questions, most]).toEqual(['GateClosed', ['sum(errors)', 'p99'], 1]);
  answers.p99 = { number: 1 };
  await look();
  expect([condition()?.[1], everywhere()[1]]).toEqual(['GateUnanswered', undefined]);
  answers['sum(errors)'] = { number: 0 };
  await look();
  expect(everywhere()[1]).toBe('1');
  expect(world.gates).toEqual(['out of bounds', 'unanswered', 'within']);
});

test('a gate is asked once an interval, and of a cluster that was not well in between anew', async () => {
  await start({ queries: [errors] }, undefined, { interval: '1h' });
  world.source.push(file('1'));
  world.measured = () => ({ number: 1 });
  await look(5);
  expect(world.questions).toHaveLength(1);
  world.measured = () => ({ number: 0 });
  world.places.get('west')!.isAway = true;
  await world.lookAtClusters();
  await look(2);
  expect([everywhere(), world.questions.length]).toEqual([['1', undefined, undefined], 1]);
  world.places.get('west')!.isAway = false;
  await world.lookAtClusters();
  await look(3);
  expect(everywhere()).toEqual(['1', '1', '1']);
});

test('a gate goes on holding back what is behind it while a later wave has the commit', async () => {
  await start({ queries: [errors] }, { queries: [{ ...errors, query: 'second' }] });
  world.source.push(file('1'));
  const outside = new Set(['second']);
  world.measured = (query) => ({ number: outside.has(query) ? 1 : 0 });
  await look(3);
  expect([everywhere(), condition()?.[2]]).toEqual([
    ['1', '1', undefined],
    expect.stringMatching(/^wave 2: /),
  ]);
  outside.add('sum(errors)');
  outside.delete('second');
  await look();
  expect([everywhere(), condition()?.[2]]).toEqual([
    ['1', '1', undefined],
    expect.stringMatching(/^wave 1: /),
  ]);
  outside.clear();
  await look();
  expect(everywhere()).toEqual(['1', '1', '1']);
});

test('without a Prometheus a gate stays closed and says whom to ask', async () => {
  await start({ queries: [errors] });
  world.syncer = world.newSyncer(false);
  world.source.push(file('1'));
  await look(3);
  expect([everywhere()[1], condition()]).toEqual([
    ...[undefined, ['Unknown', 'GateUnanswered', expect.stringContaining('drydock gitops run --prometheus')]],
  ]);
});

describe('out of bounds for longer than it may be', () => {
  /** One commit everywhere, and another that its gate refuses. */
  async function refused(sync: object = {}): Promise<{ readonly first: string; readonly second: string }> {
    await start({ queries: [errors], within: '10m' }, undefined, sync);
    const first = world.source.push(file('1'));
    await look(3);
    expect([everywhere(), world.status.lastAppliedRevision]).toEqual([['1', '1', '1'], first]);
    const second = world.source.push(file('2'));
    world.measured = () => ({ number: 0.5 });
    await look(2);
    return { first, second };
  }

  test('it is Degraded, and goes on being asked', async () => {
    const { second } = await refused();
    const { since } = world.status.gate!;
    onward(599);
    await look();
    expect([world.status.phase, world.status.gate?.since]).toEqual(['Pending', since]);
    expect(world.syncer.closedGates()).toEqual({ waiting: 1, refused: 0 });
    onward(2);
    // Another process goes on counting.
    world.restart();
    await look();
    expect([everywhere(), world.status.phase, ready()]).toEqual([['2', '1', '1'], 'Degraded', 'GateFailed']);
    expect(world.syncer.closedGates()).toEqual({ waiting: 0, refused: 1 });
    expect(condition()).toEqual([
      ...['False', 'GateFailed', expect.stringContaining('has to be at most 0.05, and is 0.5')],
    ]);
    expect(world.status.history?.[0]).toMatchObject({ revision: second, outcome: 'Degraded' });
    // Other numbers are no news to those who are told of what happens.
    const told = world.told.length;
    world.measured = () => ({ number: 0.6 });
    await look();
    expect(world.told).toHaveLength(told);
    world.measured = () => ({ number: 0 });
    await look(2);
    expect([everywhere(), world.status.phase]).toEqual([['2', '2', '2'], 'Healthy']);
  });

  test('no commit fails by what was answered before its time was over', async () => {
    await refused({ interval: '1h', rollback: true });
    const asked = world.questions.length;
    await look(2);
    expect(world.questions).toHaveLength(asked);
    world.measured = () => ({ number: 0 });
    onward(601);
    await look(2);
    expect([everywhere(), world.questions.length > asked]).toEqual([['2', '2', '2'], true]);
  });

  test('silence is no evidence: the time begins anew', async () => {
    await refused();
    onward(500);
    world.measured = () => NOBODY;
    await look();
    expect([condition()?.[1], world.status.gate ?? undefined]).toEqual(['GateUnanswered', undefined]);
    onward(9_000);
    await look();
    expect(world.status.phase).toBe('Pending');
    world.measured = () => ({ number: 0.5 });
    await look();
    onward(500);
    await look();
    expect([world.status.phase, condition()?.[1]]).toEqual(['Pending', 'GateClosed']);
  });

  test('a clock that was put back makes it no shorter, and another commit begins anew', async () => {
    await refused();
    onward(-7_200);
    await look();
    onward(7_200);
    world.source.push(file('3'));
    await look(2);
    expect([everywhere(), world.status.phase, condition()?.[1]]).toEqual([
      ...[['3', '1', '1'], 'Pending', 'GateClosed'],
    ]);
  });

  test('with `rollback` the commit is taken back wherever it is, and is not tried again', async () => {
    const { first, second } = await refused({ rollback: true });
    onward(601);
    await look();
    const isBack = () => {
      expect(everywhere()).toEqual(['1', '1', '1']);
      expect([world.status.phase, ready(), world.status.lastAppliedRevision]).toEqual([
        ...['Failed', 'RolledBack', first],
      ]);
      expect(entry('west')).toMatchObject({ reason: 'RolledBack', revision: first });
      expect(entry('west')?.message).toMatch(
        RegExp(`commit ${second} was taken back.*gate of wave 1 against it: .*at most 0.05, and is 0.5`),
      );
    };
    isBack();
    // The gate is good again, the process is another one, and somebody edits what is there.
    world.measured = () => ({ number: 0 });
    world.restart();
    world.edit('west', 'a', 'by hand');
    await look(2);
    isBack();
    const third = world.source.push(file('3'));
    await look(3);
    expect([everywhere(), world.status.lastAppliedRevision]).toEqual([['3', '3', '3'], third]);
    expect(entry('west')?.rolledBack).toBeUndefined();
  });

  test.each([1, 2, 4, 8, 16])(
    'what was decided is done by the process after one that is killed before write %i after it',
    async (writes) => {
      await refused({ rollback: true });
      onward(601);
      let left = writes;
      world.beforeWrite = () => {
        left -= 1;
        if (left < 0) throw new Error('killed');
      };
      await look().catch(() => {});
      world.beforeWrite = () => {};
      world.restart();
      world.expireLeases();
      // To the one after it the gate would be open.
      world.measured = () => ({ number: 0 });
      await look(2);
      expect(everywhere()).toEqual(['1', '1', '1']);
    },
  );

  test('where no revision says what it was made of, nothing is called taken back that is not', async () => {
    await refused({ rollback: true });
    for (const { model } of world.places.values()) {
      const releases = [...model.objects.values()].filter(({ data }) => (data as Partial<State>)?.state);
      for (const { metadata, data } of releases) {
        const state = JSON.parse(Buffer.from((data as State).state, 'base64').toString());
        for (const revision of state.revisions) delete revision.source;
        model.edit('somebody', {
          ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: metadata.name, namespace: 'here' } },
          ...({ data: { state: Buffer.from(JSON.stringify(state)).toString('base64') } } as object),
        });
      }
    }
    onward(601);
    await look(2);
    expect([everywhere(), world.status.phase, ready()]).toEqual([
      ...[['2', '1', '1'], 'Degraded', 'RollbackFailed'],
    ]);
    expect(entry('west')).toMatchObject({ phase: 'Degraded', reason: 'RollbackFailed' });
    const third = world.source.push(file('3'));
    world.measured = () => ({ number: 0 });
    await look(3);
    expect([everywhere(), world.status.lastAppliedRevision]).toEqual([['3', '3', '3'], third]);
  });

  test('a commit that changes nothing in a cluster is taken back without a change there', async () => {
    await start({ queries: [errors], within: '10m' }, undefined, { rollback: true });
    for (const x of ['0', '1']) {
      world.source.push(file(x));
      await look(3);
    }
    // Another folder, and the same objects.
    world.source.push({ ...file('1'), 'b.yaml': '# nothing\n' });
    world.measured = () => ({ number: 0.5 });
    await look(2);
    onward(601);
    await look();
    expect([everywhere(), world.status.phase]).toEqual([['1', '1', '1'], 'Failed']);
  });

  test.each([
    ['the first commit', false],
    ['a commit that was everywhere, when another cluster comes', true],
  ])('%s is held back, and not taken back', async (_what, wasEverywhere) => {
    await start({ queries: [errors], within: '10m' }, undefined, { rollback: true });
    if (wasEverywhere) {
      for (const x of ['1', '2']) {
        world.source.push(file(x));
        await look(3);
      }
      await world.addCluster('south', { stage: 'third' });
      const { destination } = world.app.spec;
      world.change({ destination: { ...destination, clusters: ['east', 'north', 'south', 'west'] } });
    } else world.source.push(file('2'));
    world.measured = () => ({ number: 0.5 });
    await look(2);
    onward(601);
    await look(2);
    expect([world.maps('west').a, world.status.phase, ready()]).toEqual(['2', 'Degraded', 'GateFailed']);
  });
});

test('an Application that changes while its gate is asked waits for no answer', async () => {
  await start({ queries: [errors] });
  world.source.push(file('1'));
  await look();
  const changed = new AbortController();
  const ended = new Promise<AbortSignal>((resolve) => {
    world.measured = (_query, signal) => {
      resolve(signal);
      return new Promise((answered) =>
        signal.addEventListener('abort', () => answered({ found: 'nothing', remedy: 'wait' })),
      );
    };
  });
  const working = world.syncer.reconcile(world.app, { ...world.context(), changed: changed.signal });
  await ended;
  changed.abort();
  expect(await working).toEqual({ afterMs: 1 });
});
