import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { makeTree, trees } from '../files/testing-only/any-tree';
import { type TwoPlaces, treeOf, twoPlaces } from '../files/testing-only/tree';
import { localProgram, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { refusal, type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';
import type { Checkpoint } from './checkpoint';
import { StoredCheckpoint } from './stored';
import { takeCheckpoint } from './take';

// The real supervisor, which Go compiles, as a process of this machine.

jest.setTimeout(120_000);
beforeAll(() => localProgram());

const ORIGIN = { template: 'abc', image: 'tools:1' };

async function restore(checkpoint: Checkpoint, folder: string): Promise<void> {
  const { supervisor } = await localSupervisor(folder);
  const stored = await StoredCheckpoint.open(checkpoint);
  try {
    await stored.sendTo(supervisor, undefined);
  } finally {
    await stored.close();
    await supervisor.close();
  }
}

describe('two sandboxes', () => {
  let places: TwoPlaces;
  beforeEach(async () => {
    places = await twoPlaces();
  });
  afterEach(() => places.remove());

  test('any tree is in the second as it was in the first, but for what is told as left out', async () => {
    let [runs, left] = [0, 0];
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        runs += 1;
        const folder = `${runs}`;
        const source = path.join(places.there, folder);
        const refused = makeTree(source, tree);
        left += refused.length;
        const file = path.join(places.here, `${runs}.checkpoint`);
        const options = { folder, special: 'skip' } as const;
        const taken = await takeCheckpoint(places.local.supervisor, ORIGIN, file, options, 'one');
        expect(taken.skipped).toHaveLength(refused.length);
        const begun = path.join(places.here, folder);
        fs.mkdirSync(begun);
        await restore(taken, begun);
        const expected = Object.entries(treeOf(source)).filter(([name]) => !refused.includes(name));
        expect(treeOf(path.join(begun, folder))).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 25, examples: [[[{ folder: 0, name: 'p', mode: 0o644, what: { kind: 'pipe' } }]]] },
    );
    // At least that of the example, or the property said less than it seems.
    expect(left).toBeGreaterThan(0);
  });

  test('what is written meanwhile is told, and nothing is stored', async () => {
    fs.writeFileSync(path.join(places.there, 'log'), Buffer.alloc(40 << 20));
    const writing = setInterval(() => fs.appendFileSync(path.join(places.there, 'log'), 'x'), 1);
    const file = path.join(places.here, 'kept');
    const taking = takeCheckpoint(places.local.supervisor, ORIGIN, file, {}, 'one');
    expect(await refusal(taking)).toMatchObject({ code: 'FileMismatch' });
    clearInterval(writing);
    expect(fs.readdirSync(places.here)).toEqual([]);
    expect(await takeCheckpoint(places.local.supervisor, ORIGIN, file, {}, 'one')).toMatchObject({
      entries: 1,
    });
  });

  test('a file that was changed puts nothing into a sandbox', async () => {
    fs.writeFileSync(path.join(places.there, 'tool'), 'good');
    const file = path.join(places.here, 'kept');
    const taken = await takeCheckpoint(places.local.supervisor, ORIGIN, file, {}, 'one');
    const begun = path.join(places.here, 'begun');
    fs.mkdirSync(begun);
    const kept = fs.readFileSync(file);
    // Wherever it is: what does not unpack any more is told as the same.
    for (const at of [kept.length - 1, kept.length - 12, Math.floor(kept.length * 0.8)]) {
      const changed = Buffer.from(kept);
      changed[at]! ^= 1;
      fs.writeFileSync(file, changed);
      expect(await refusal(restore(taken, begun))).toMatchObject({ code: 'CheckpointDamaged' });
      expect(fs.readdirSync(begun)).toEqual([]);
    }
    fs.writeFileSync(file, kept);
    await restore(taken, begun);
    expect(fs.readFileSync(path.join(begun, 'tool'), 'utf8')).toBe('good');
  });
});

describe('claims', () => {
  let runtime: ScriptedRuntime;
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-begun-'));
  });
  afterEach(async () => {
    await runtime.end();
    fs.rmSync(folder, { recursive: true });
  });

  async function prepared(): Promise<Checkpoint> {
    const first = await runtime.sandboxes.claim();
    await first.files.write('repo/tool', 'ready\n', { mode: 0o755 });
    const checkpoint = await first.checkpoint(path.join(folder, 'kept'));
    await first.close();
    return checkpoint;
  }

  test('a claim is ready when its folder is, and says how far it is', async () => {
    runtime = await scriptedRuntime();
    // As it is read from where a program keeps it.
    const from = JSON.parse(JSON.stringify(await prepared())) as Checkpoint;
    const phases: string[] = [];
    const second = await runtime.sandboxes.claim({ from, onProgress: ({ phase }) => phases.push(phase) });
    expect((await second.files.read('repo/tool')).toString()).toBe('ready\n');
    expect((await second.files.stat('repo/tool')).mode).toBe(0o755);
    expect(phases.slice(-2)).toEqual(['restoring', 'ready']);
    expect(phases.filter((phase) => phase === 'ready')).toHaveLength(1);
  });

  test('a warm claim begins with it, too', async () => {
    runtime = await scriptedRuntime({}, { pool: { warm: 1 } });
    const from = await prepared();
    await runtime.sandboxes.warmUp();
    const warm = await runtime.sandboxes.claim({ from });
    expect(warm.info).toEqual({ way: 'warm', from: 'own' });
    expect((await warm.files.read('repo/tool')).toString()).toBe('ready\n');
  });

  test('what cannot begin leaves no sandbox, and what can be seen before makes none', async () => {
    runtime = await scriptedRuntime();
    const from = await prepared();
    const { cluster, sandboxes } = runtime;
    const before = cluster.created;
    const claims: [string, object][] = [
      ['CheckpointMismatch', { from: { ...from, image: 'tools:2' } }],
      ['CheckpointMismatch', { from: { ...from, template: 'abc' } }],
      ['CheckpointDamaged', { from: { ...from, size: from.size + 1 } }],
      ['FileMissing', { from: { ...from, path: path.join(folder, 'nothing') } }],
      ['ArgumentInvalid', { from: { ...from, digest: 'abc' } }],
      ['ArgumentInvalid', { from: 'kept' }],
    ];
    for (const [code, options] of claims)
      expect([options, await refusal(sandboxes.claim(options))]).toMatchObject([{}, { code }]);
    expect(cluster.created).toBe(before);
    const bytes = fs.readFileSync(from.path);
    bytes[bytes.length - 20]! ^= 1;
    fs.writeFileSync(from.path, bytes);
    expect(await refusal(sandboxes.claim({ from }))).toMatchObject({ code: 'CheckpointDamaged' });
    expect([cluster.created, cluster.jobs.all]).toEqual([before + 1, []]);
    const job = sandboxes.job({ command: ['true'], from } as never);
    expect(await refusal(job)).toMatchObject({ code: 'ArgumentInvalid', where: 'job' });
  });

  test('an abort meanwhile ends the claim, and its sandbox', async () => {
    runtime = await scriptedRuntime();
    const from = await prepared();
    const controller = new AbortController();
    const onProgress = ({ phase }: { readonly phase: string }) => {
      if (phase === 'restoring') controller.abort();
    };
    const claim = runtime.sandboxes.claim({ from, signal: controller.signal, onProgress });
    expect(await refusal(claim)).toMatchObject({ code: 'Aborted' });
    expect(runtime.cluster.jobs.all).toEqual([]);
  });

  test('where no supervisor is, nothing can begin', async () => {
    runtime = await scriptedRuntime();
    const from = await prepared();
    await runtime.end();
    runtime = await scriptedRuntime({ hasShell: false });
    expect(await refusal(runtime.sandboxes.claim({ from }))).toMatchObject({ code: 'Unsupported' });
    expect(runtime.cluster.jobs.all).toEqual([]);
    const sandbox = await runtime.sandboxes.claim();
    expect(await refusal(sandbox.checkpoint(path.join(folder, 'other')))).toMatchObject({
      code: 'Unsupported',
    });
  });
});
