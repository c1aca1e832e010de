import { FixRequest } from './request';
import type { Run } from './run';
import type { SavedRun } from './run-files';
import { Runs, type RunsOptions } from './runs';
import type { Verdict } from './verdict';

const request = FixRequest.parse({ source: { files: { a: 'a' } }, image: 'a:1', command: ['true'] });
const verdict: Verdict = { outcome: 'not_fixed', reason: 'of a test', rounds: 0 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A disk that is a map, which outlives the runs. */
function disk() {
  const files = new Map<string, SavedRun>();
  return {
    files,
    save: (run: SavedRun) => void files.set(run.id, run),
    end: (run: SavedRun) => {
      const before = files.get(run.id);
      if (before?.verdict) return before;
      files.set(run.id, run);
      return run;
    },
    remove: (id: string) => void files.delete(id),
    load: (isKnown: (id: string) => boolean = () => false) =>
      [...files.values()].filter(({ id }) => !isKnown(id)),
  };
}

/** Runs whose work ends when the test says so. */
function runsUnderTest(more: Partial<RunsOptions> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const verdicts: string[] = [];
  const runs = new Runs({
    atOnce: 2,
    mostWaiting: 100,
    kept: 100,
    files: disk(),
    work: (run: Run) => {
      begun.push(run.tenant);
      return new Promise<Verdict>((resolve) => {
        ends.set(run.id, () => resolve(verdict));
        run.cancelling.signal.addEventListener('abort', () => resolve({ ...verdict, outcome: 'cancelled' }));
      });
    },
    onEnd: (run) => verdicts.push(run.id),
    ...more,
  });
  const end = async (run: Run) => {
    ends.get(run.id)?.();
    await turn();
  };
  return { runs, begun, verdicts, end };
}

test('runs of a tenant begin in order, so many at once, and each has one verdict', async () => {
  const { runs, verdicts, end } = runsUnderTest();
  const asked = [1, 2, 3, 4].map(() => runs.add('a', request));
  expect(asked.map(({ state }) => state)).toEqual(['running', 'running', 'waiting', 'waiting']);
  expect(runs.counts).toEqual({ waiting: 2, running: 2 });
  await end(asked[1] as Run);
  expect(asked.map(({ state }) => state)).toEqual(['running', 'ended', 'running', 'waiting']);
  for (const run of asked) await end(run);
  expect(asked.map(({ state }) => state)).toEqual(['ended', 'ended', 'ended', 'ended']);
  expect([...verdicts].sort()).toEqual(asked.map(({ id }) => id).sort());
  expect(runs.list('a')).toEqual([...asked].reverse());
});

test('a tenant with many runs delays another by none', async () => {
  const { runs, begun, end } = runsUnderTest();
  const first = Array.from({ length: 10 }, () => runs.add('many', request));
  const late = [runs.add('few', request), runs.add('other', request)];
  await end(first[0] as Run);
  await end(first[1] as Run);
  expect(begun).toEqual(['many', 'many', 'few', 'other']);
  expect(late.map(({ state }) => state)).toEqual(['running', 'running']);
});

test('a run of another tenant is not there', () => {
  const { runs } = runsUnderTest();
  const { id } = runs.add('a', request);
  expect(runs.find('a', id)?.id).toBe(id);
  expect(runs.find('b', id)).toBeUndefined();
  expect(runs.list('b')).toEqual([]);
});

test('more than may wait is refused, and another tenant has room', () => {
  const { runs } = runsUnderTest({ atOnce: 1, mostWaiting: 2 });
  for (let count = 0; count < 3; count++) runs.add('a', request);
  expect(() => runs.add('a', request)).toThrow('Too many requests');
  expect(runs.add('b', request).state).toBe('waiting');
});

test('what is cancelled ends, also before it began, and once', async () => {
  const { runs, verdicts, end } = runsUnderTest({ atOnce: 1 });
  const [running, waiting, next] = [1, 2, 3].map(() => runs.add('a', request)) as [Run, Run, Run];
  expect([runs.cancel(waiting), runs.cancel(waiting)]).toEqual([true, false]);
  expect(waiting.verdict?.outcome).toBe('cancelled');
  expect(runs.cancel(running)).toBe(true);
  await turn();
  expect([running.verdict?.outcome, next.state]).toEqual(['cancelled', 'running']);
  await end(next);
  expect(verdicts).toEqual([waiting.id, running.id, next.id]);
});

test('only so many that have ended are kept of a tenant', async () => {
  const { runs, end } = runsUnderTest({ kept: 2 });
  const asked: Run[] = [];
  for (let count = 0; count < 4; count++) {
    asked.push(runs.add('a', request));
    await end(asked.at(-1) as Run);
  }
  runs.add('a', request);
  expect(runs.list('a').filter(({ state }) => state === 'ended')).toEqual([asked[3], asked[2]]);
});

test('what has no verdict when the program ends begins anew at the next start, in order, and the rest is as it was', async () => {
  const files = disk();
  const first = runsUnderTest({ files });
  const asked = [1, 2, 3, 4].map(() => first.runs.add('a', request));
  await first.end(asked[0] as Run);
  await first.runs.close();
  expect(() => first.runs.add('a', request)).toThrow('cannot be reached');
  const second = runsUnderTest({ files });
  const again = [...second.runs.list('a')].reverse();
  expect(again.map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
  expect(again.map(({ state }) => state)).toEqual(['ended', 'running', 'running', 'waiting']);
  for (const run of again.slice(1)) await second.end(run);
  expect([...first.verdicts, ...second.verdicts]).toEqual(asked.map(({ id }) => id));
  const third = runsUnderTest({ files });
  expect([third.runs.list('a').map(({ state }) => state), third.begun]).toEqual([Array(4).fill('ended'), []]);
});

test('while an upgrade has two programs at one folder each run has one verdict, and what the first took late is not lost', async () => {
  const files = disk();
  const first = runsUnderTest({ files });
  const early = first.runs.add('a', request);
  const second = runsUnderTest({ files });
  const late = first.runs.add('a', request);
  second.runs.adopt();
  const [lateAgain, earlyAgain] = second.runs.list('a') as [Run, Run];
  expect([earlyAgain.id, lateAgain.id]).toEqual([early.id, late.id]);
  await second.end(earlyAgain);
  // The first one ends it too, otherwise: what was told is told.
  early.cancelling.abort();
  await turn();
  expect([early.verdict, earlyAgain.verdict]).toEqual([verdict, verdict]);
  await first.runs.close();
  await second.end(lateAgain);
  expect([...files.files.values()].map((saved) => saved.verdict)).toEqual([verdict, verdict]);
});

test('a run that cannot be saved is not taken, and a verdict that cannot be is told all the same', async () => {
  const files = disk();
  const unsaved: string[] = [];
  const { runs, end } = runsUnderTest({ files, onUnsaved: (run) => unsaved.push(run.id) });
  const run = runs.add('a', request);
  files.save = files.end = () => {
    throw new Error('the disk is full');
  };
  expect(() => runs.add('a', request)).toThrow('the disk is full');
  expect(runs.list('a')).toEqual([run]);
  await end(run);
  expect([run.state, unsaved]).toEqual(['ended', [run.id]]);
});

test('what is on the disk has a verdict before anybody is told, and no files any more', async () => {
  const files = disk();
  const { runs, end } = runsUnderTest({ files });
  const run = runs.add('a', request);
  const left = new AbortController();
  const told = run.more(0, left.signal, 60_000).then(() => files.files.get(run.id)?.verdict);
  await end(run);
  expect(await told).toEqual(verdict);
  expect(files.files.get(run.id)?.request.source).toEqual({ files: {} });
});

test('only so much of files is held at once', async () => {
  const large = FixRequest.parse({ ...request, source: { files: { a: 'x'.repeat(4 * 1024 * 1024) } } });
  const { runs, end } = runsUnderTest();
  const asked = Array.from({ length: 11 }, () => runs.add('a', large));
  expect(() => runs.add('a', large)).toThrow('Too many requests');
  await end(asked[0] as Run);
  expect(runs.add('a', large).state).toBe('waiting');
});

test('what a run prints without end is kept up to a bound, and its verdict is told', async () => {
  const { runs, end } = runsUnderTest();
  const run = runs.add('a', request);
  for (let count = 0; count < 10_000; count++)
    run.tell({ event: 'output', data: { text: 'y\n'.repeat(500) } });
  await end(run);
  expect(JSON.stringify(run.steps).length).toBeLessThan(1024 * 1024);
  expect(run.steps.at(-1)?.event).toBe('verdict');
});
