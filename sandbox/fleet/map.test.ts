import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ScriptedClusterOptions } from '../testing-only/scripted-cluster';
import { refusal, type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';
import { checkFleets } from './options';
import type { MapProgress } from './outcome';
import { folderRecord } from './record';

// On the stand-in of a cluster, without a supervisor, so that nothing but Node is needed; the law is in fleet-law.test.ts.

jest.setTimeout(180_000);

const NO_ROOM =
  'Error creating: pods "x" is forbidden: exceeded quota: boxes, requested: pods=1, used: pods=1, limited: pods=1';
let runtime: ScriptedRuntime;
const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-map-'));
afterEach(() => runtime.end());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function starting(options: ScriptedClusterOptions = {}): Promise<ScriptedRuntime['sandboxes']> {
  runtime = await scriptedRuntime(Object.assign(options, { hasShell: false }));
  return runtime.sandboxes;
}

test('each item has its outcome in its place, one failure is one outcome, and nothing is left', async () => {
  const sandboxes = await starting();
  const told: MapProgress[] = [];
  let most = 0;
  const outcomes = await sandboxes.map(
    ['a', 'b', 'fails', 'd', 'e'],
    async (item, sandbox, { index }) => {
      most = Math.max(most, runtime.cluster.jobs.all.length);
      if (item === 'fails') throw new Error('it broke');
      return `${index} ${(await sandbox.commands.run(['echo', item])).orThrow().stdout.text}`;
    },
    {
      parallel: 2,
      claim: (_item, index) => ({ values: { name: `item-${index}` } }),
      onProgress: (one) => told.push(one),
    },
  );
  expect(outcomes.map((one) => (one.status === 'done' ? one.value : one.status))).toEqual([
    '0 a\n',
    '1 b\n',
    'failed',
    '3 d\n',
    '4 e\n',
  ]);
  expect(outcomes[2]).toMatchObject({ index: 2, message: 'it broke', wasStarted: true, code: undefined });
  expect(most).toBeLessThanOrEqual(2);
  expect(runtime.cluster.created).toBe(5);
  expect(runtime.cluster.jobs.all).toEqual([]);
  expect(told.at(-1)).toMatchObject({ total: 5, done: 4, failed: 1, waiting: 0, starting: 0, running: 0 });
});

test('a fleet waits while the quota is full, and goes on when it is not', async () => {
  const options: { podRefusal?: string } = { podRefusal: NO_ROOM };
  const sandboxes = await starting(options);
  const told: MapProgress[] = [];
  const mapping = sandboxes.map([1, 2, 3], async (item) => item, {
    onProgress: (one) => {
      told.push(one);
      if (one.isQuotaFull) delete options.podRefusal;
    },
  });
  expect((await mapping).map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  expect(told.some(({ isQuotaFull }) => isQuotaFull)).toBe(true);
  expect(runtime.cluster.jobs.all).toEqual([]);
});

test('a quota that never has room is told when the time to wait is over', async () => {
  const sandboxes = await starting({ podRefusal: NO_ROOM });
  const [one] = await sandboxes.map([1], async (item) => item, { quotaWaitMs: 1 });
  expect(one).toMatchObject({ status: 'failed', code: 'QuotaExceeded', wasStarted: false });
});

test('what is cancelled resolves with what there is, and closes what runs', async () => {
  const sandboxes = await starting();
  const abort = new AbortController();
  const outcomes = await sandboxes.map(
    ['quick', 'long', 'next'],
    async (item, sandbox) => {
      if (item === 'quick') return item;
      await sandbox.commands.start(['sleep', '3600']);
      abort.abort();
      return new Promise<string>(() => {});
    },
    { parallel: 1, signal: abort.signal },
  );
  expect(outcomes).toMatchObject([
    { status: 'done', value: 'quick' },
    { status: 'cancelled', wasStarted: true },
    { status: 'cancelled', wasStarted: false },
  ]);
  expect(runtime.cluster.jobs.all).toEqual([]);
});

test('close() ends a fleet, and there is none after it', async () => {
  const sandboxes = await starting();
  const mapping = sandboxes.map([1], async () => {
    void sandboxes.close();
    return new Promise<number>(() => {});
  });
  expect((await mapping)[0]).toMatchObject({ status: 'cancelled', wasStarted: true });
  expect((await refusal(sandboxes.map([1], async (item) => item))).code).toBe('Closed');
});

test('a program that is started again reads back what is over, and starts nothing twice', async () => {
  const sandboxes = await starting();
  const options = { id: 'nightly', record: folderRecord(path.join(folder, 'again')), parallel: 1 };
  const runs: number[] = [];
  const abort = new AbortController();
  await sandboxes.map(
    [0, 1, 2],
    async (item) => {
      runs.push(item);
      if (item === 1) {
        // What a program leaves that was killed here: begun, and nothing more.
        abort.abort();
        throw new Error('killed');
      }
      return { squared: item * item };
    },
    {
      ...options,
      signal: abort.signal,
      record: {
        ...options.record,
        keep: (name, text) =>
          name.endsWith('1.end') ? Promise.resolve(text) : options.record.keep(name, text),
      },
    },
  );
  const again = await runtime.open().map(
    [0, 1, 2],
    async (item) => {
      runs.push(item);
      return { squared: item * item };
    },
    options,
  );
  expect(runs).toEqual([0, 1, 2]);
  expect(again).toMatchObject([
    { status: 'done', value: { squared: 0 }, isReadBack: true },
    { status: 'unknown', sandboxId: expect.stringMatching(/^sandbox-/) },
    { status: 'done', value: { squared: 4 }, isReadBack: false },
  ]);
  expect((await refusal(sandboxes.map([0, 1, 3], async (item) => item, options))).code).toBe('FleetMismatch');
});

test('an item that was begun goes on in its sandbox, where that is there', async () => {
  const sandboxes = await starting();
  const record = folderRecord(path.join(folder, 'resumed'));
  const sandbox = await sandboxes.claim();
  await record.keep('nightly.0.start', JSON.stringify({ sandboxId: sandbox.id }));
  await record.keep('nightly.1.start', JSON.stringify({ sandboxId: 'sandbox-that-is-gone' }));
  const outcomes = await runtime.open().map([7, 8], async () => 'anew', {
    id: 'nightly',
    record,
    resume: async (item, { id }) => `${item} goes on in ${id}`,
  });
  expect(outcomes).toMatchObject([
    { status: 'done', value: `7 goes on in ${sandbox.id}` },
    { status: 'unknown', sandboxId: 'sandbox-that-is-gone' },
  ]);
  expect(runtime.cluster.jobs.all).toEqual([]);
});

test('a record that keeps nothing is told, and nothing is run', async () => {
  const sandboxes = await starting();
  let isAway = false;
  const record = {
    read: async () => undefined,
    keep: async (_name: string, text: string) => {
      if (isAway) throw new Error('no space left');
      isAway = true;
      return text;
    },
  };
  const outcomes = await sandboxes.map([1], async () => 'run', { id: 'a', record });
  expect(outcomes).toMatchObject([{ status: 'failed', code: 'FleetRecord', wasStarted: false }]);
  expect((outcomes[0] as { message: string }).message).toContain('no space left');
  const refused = await refusal(sandboxes.map([1], async () => 'run', { id: 'b', record }));
  expect([refused.code, refused.retryable]).toEqual(['FleetRecord', true]);
  expect(runtime.cluster.jobs.all).toEqual([]);
});

test('an item that another program has begun meanwhile is left to it, and counts as over', async () => {
  const sandboxes = await starting();
  const told: MapProgress[] = [];
  const kept = new Map<string, string>();
  const record = {
    read: async (name: string) => kept.get(name),
    keep: async (name: string, text: string) => {
      // The other program was the first to write it.
      const first = text.replace(/"sandboxId":"[^"]*"/, '"sandboxId":"sandbox-of-another"');
      if (!kept.has(name)) kept.set(name, first);
      return kept.get(name)!;
    },
  };
  const outcomes = await sandboxes.map([1], async () => 'run', {
    ...{ id: 'a', record, onProgress: (one: MapProgress) => told.push(one) },
  });
  expect(outcomes).toEqual([{ index: 0, status: 'unknown', sandboxId: 'sandbox-of-another' }]);
  expect(told.at(-1)).toMatchObject({ waiting: 0, starting: 0, running: 0 });
  expect(runtime.cluster.jobs.all).toEqual([]);
});

const wrong: ReadonlyArray<readonly [string, unknown, unknown, object, string]> = [
  ['no list', 'abc', async () => {}, {}, 'items: a text, "abc"'],
  ['no function', [1], 'run', {}, 'run: a text, "run"'],
  ['no place at all', [1], async () => {}, { parallel: 0 }, 'parallel: a number, 0'],
  ['an id without a record', [1], async () => {}, { id: 'a' }, 'record: nothing'],
  ['a record without an id', [1], async () => {}, { record: folderRecord('x') }, 'id: nothing'],
  [
    'an id that is a path',
    [1],
    async () => {},
    { id: '../a', record: folderRecord('x') },
    'id: a text, "../a"',
  ],
  ['a record that is none', [1], async () => {}, { id: 'a', record: { read: 1 } }, 'record.keep: nothing'],
  [
    'items that JSON has no words for',
    [1n],
    async () => {},
    { id: 'a', record: folderRecord('x') },
    'items: Do not know',
  ],
  ['a tenant that is no text', [1], async () => {}, { tenant: () => 7 }, 'tenant of item 0: a number, 7'],
  ['a claim that is none', [1], async () => {}, { claim: 7 }, 'claim: a number, 7'],
  ['a tenant that is a number', [1], async () => {}, { tenant: 7 }, 'tenant: a number, 7'],
];

test.each(wrong)('%s is refused before anything is made', async (_title, items, run, options, found) => {
  const sandboxes = await starting();
  const error = await refusal(sandboxes.map(items as never, run as never, options));
  expect([error.code, error.found]).toEqual(['ArgumentInvalid', expect.stringContaining(found)]);
  expect(runtime.cluster.created).toBe(0);
});

test('a tenant without a share is refused, and one with a share is not', async () => {
  await starting();
  const sandboxes = runtime.open({ fleets: { parallel: 2, shares: { red: 1, blue: 2 } } });
  const error = await refusal(sandboxes.map([1], async (item) => item, { tenant: 'green' }));
  expect([error.code, error.expected]).toEqual(['TenantUnknown', 'one that has a share: red, blue']);
  expect(error.found).toBe('the tenant "green"');
  const nobodys = await refusal(sandboxes.map([1], async (item) => item));
  expect([nobodys.code, nobodys.found]).toEqual(['TenantUnknown', 'no tenant']);
  expect(await sandboxes.map([1], async (item) => item, { tenant: 'blue' })).toMatchObject([
    { status: 'done' },
  ]);
});

test.each<[object, string]>([
  [{ parallel: 0 }, 'parallel: a number, 0'],
  [{ shares: { red: 0 } }, 'shares.red: a number, 0'],
  [{ shares: { red: 'two' } }, 'shares.red: a text, "two"'],
  [{ shares: { red: Symbol('two') } }, 'shares.red: '],
  [{ shares: 7 }, 'shares: a number, 7'],
  [{ shares: {} }, 'shares: '],
])('fleets that cannot be are refused: %p', async (fleets, found) => {
  await starting();
  expect(() => runtime.open({ fleets: fleets as never })).toThrow(
    expect.objectContaining({ code: 'ArgumentInvalid', found: expect.stringContaining(found) }),
  );
});

test('fleets without shares have their bound alone', () => {
  expect(checkFleets({ parallel: 2 })).toEqual({ parallel: 2, shares: {} });
  expect(checkFleets()).toEqual({ parallel: Number.POSITIVE_INFINITY, shares: {} });
});
