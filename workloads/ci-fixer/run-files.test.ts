import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    writeFileSync(join(folder, `${asked[0]?.id}.json.part`), '{"id":');
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
