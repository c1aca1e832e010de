import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixRequest } from './request';
import { Run } from './run';
import { RunFiles } from './run-files';

const request = FixRequest.parse({ source: { files: { a: 'ä\0' } }, image: 'a:1', command: ['true'] });

test('runs are on the disk as they were, in their order, for nobody else, and nothing half written is taken for one', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'ci-fixer-files-')), 'state');
  try {
    const files = new RunFiles(folder);
    const asked = [3, 1, 2].map((number) => Run.asked(number, 'a', request));
    for (const run of asked) files.save(run.record);
    expect(statSync(join(folder, `${asked[0]?.id}.json`)).mode & 0o777).toBe(0o600);
    const part = join(folder, `${asked[0]?.id}.json.0a0a.part`);
    writeFileSync(part, '{"id":');
    utimesSync(part, 0, 0);
    writeFileSync(join(folder, 'lost+found'), '');
    const again = new RunFiles(folder);
    expect(again.load().map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(again.load()[2]?.request).toEqual(request);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    again.remove(asked[0]?.id as string);
    again.remove('never-there');
    expect(again.load().map(({ number }) => number)).toEqual([1, 2]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('of two programs at one folder the first one says how a run ended, and neither removes what the other writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ci-fixer-files-'));
  try {
    const [one, other] = [new RunFiles(folder), new RunFiles(folder)];
    const run = Run.asked(1, 'a', request);
    one.save(run.record);
    writeFileSync(join(folder, `${run.id}.json.0a0a.part`), '{"id":');
    const first = run.ending({ outcome: 'fixed', reason: 'first', rounds: 1 });
    const second = run.ending({ outcome: 'not_fixed', reason: 'second', rounds: 3 });
    expect(one.end(first)).toEqual(first);
    expect(other.end(second)).toEqual(first);
    expect(new RunFiles(folder).load()).toEqual([first]);
    expect(other.load((id) => id === run.id)).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual([`${run.id}.ended.json`, `${run.id}.json.0a0a.part`]);
    // A crash in between leaves both: the verdict counts.
    one.save(run.record);
    expect(other.load()).toEqual([first]);
    other.remove(run.id);
    expect(one.load()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
