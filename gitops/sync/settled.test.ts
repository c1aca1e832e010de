import type { Stored } from '../../kube';
import { type ScriptedServer, scriptedServer, sendJson } from '../../kube/testing-only/scripted-server';
import type { Application } from '../api/application';
import type { Source } from '../source/source';
import { seenChange } from '../testing-only/seen-change';
import type { SeenChange } from './drift';
import { type Quiet, Settled } from './settled';
import type { Target } from './targets';

const quiet = (...own: readonly string[]) =>
  ({ verdict: { own: ({ uid }: SeenChange) => own.includes(uid) } }) as unknown as Quiet;
const STATUS = { isStatusOnly: true };

test('what a look has written itself does not keep it from being settled, told before its end or after', () => {
  const settled = new Settled();
  const before = settled.changes('one');
  settled.changed('one', seenChange('a'));
  settled.settle('one', before, quiet('a'));
  expect(settled.get('one')).toBeDefined();
  settled.changed('one', seenChange('a', '2'));
  expect(settled.get('one')).toBeDefined();
  settled.changed('one', seenChange('b'));
  expect(settled.get('one')).toBeUndefined();
});

test('what somebody else changes while it is looked at does, also where it is one of many, or a status follows', () => {
  const settled = new Settled();
  const before = settled.changes('one');
  for (const uid of ['a', 'other', 'a']) settled.changed('one', seenChange(uid));
  settled.changed('one', seenChange('other', '2', STATUS));
  settled.settle('one', before, quiet('a'));
  expect(settled.get('one')).toBeUndefined();
  settled.settle('one', settled.changes('one'), quiet());
  expect(settled.get('one')).toBeDefined();
});

test('of more objects than are remembered it is known that they have changed', () => {
  const settled = new Settled();
  const before = settled.changes('one');
  settled.changed('one', seenChange('other'));
  for (let count = 0; count < 1_500; count += 1) settled.changed('one', seenChange(`a-${count}`));
  const all = { verdict: { own: ({ uid }: SeenChange) => uid !== 'other' } } as unknown as Quiet;
  settled.settle('one', before, all);
  expect(settled.get('one')).toBeUndefined();
});

describe('where nothing but a status has changed', () => {
  const served = { kind: 'APIResourceList', groupVersion: 'v1', resources: [] as object[] };
  served.resources.push({ name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'] });
  const pod = (uid: string, phase: string) => ({
    ...{
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'here', uid, resourceVersion: '5' },
    },
    status: { phase, conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }] },
  });
  const app = {
    metadata: { name: 'shop', namespace: 'here', generation: 1 },
    spec: { source: { url: 'x' } },
  };
  const change = seenChange('a', '5', { ...STATUS, kind: 'Pod', at: { namespace: 'here', name: 'a' } });
  let server: ScriptedServer;
  afterEach(() => server.close());

  /** Whether it is settled still, when it is asked again and again, and what the server was asked. */
  async function asked(live: object, begin: (settled: Settled, settle: () => void) => void) {
    const gets: string[] = [];
    server = await scriptedServer(({ path }, response) => {
      if (path !== '/api/v1/namespaces/here/pods/a') return sendJson(response, 200, served);
      gets.push(path);
      sendJson(response, 200, live);
    });
    const connection = server.connect();
    const settled = new Settled();
    const source = {} as Source;
    const known = {
      generation: 1,
      connection,
      source,
      at: performance.now(),
      verdict: {},
    } as unknown as Quiet;
    begin(settled, () => settled.settle('one', 0, known));
    const target = { key: 'one', reach: async () => ({ connection }) } as unknown as Target;
    const answers: boolean[] = [];
    for (let time = 0; time < 2; time += 1)
      answers.push((await settled.of(app as unknown as Stored<Application>, target, source)) === known);
    connection.close();
    return { answers, gets: gets.length };
  }

  const after = (settled: Settled, settle: () => void) => {
    settle();
    settled.changed('one', change);
  };
  const before = (settled: Settled, settle: () => void) => {
    settled.changed('one', change);
    settle();
  };

  test.each([
    ['after it was settled', after],
    ['before', before],
  ])('%s, that object is looked at once', async (_when, begin) => {
    expect(await asked(pod('a', 'Running'), begin)).toEqual({ answers: [true, true], gets: 1 });
  });

  test.each([
    ['it is no longer healthy', pod('a', 'Failed')],
    ['it is another one', pod('b', 'Running')],
  ])('and %s, all is looked at', async (_what, live) => {
    expect(await asked(live, after)).toEqual({ answers: [false, false], gets: 1 });
  });
});
