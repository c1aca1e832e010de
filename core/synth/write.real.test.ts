import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asNobody } from '../../test/support/as-nobody';
import { linux, needs, root } from '../../test/support/needs';
import { writeFolders } from './write';

needs(linux, root).test('on a full disk the error says so, and the folders are as they were', () => {
  const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
  try {
    const folder = path.join(disk, 'manifests');
    const write = (text: string) =>
      writeFolders([
        {
          folder,
          files: new Map([
            ['a.yaml', text],
            ['b.yaml', text],
          ]),
        },
        { folder: path.join(disk, 'charts'), files: new Map([['Chart.yaml', 'name: a']]) },
      ]);
    write('small');
    const before = fs.readdirSync(disk, { recursive: true }).sort();
    expect(() => write('x'.repeat(100_000))).toThrow(
      /^CANNOT_WRITE at .*manifests: found ENOSPC: .*The disk is full: make room\. What was there before is as it was\.$/,
    );
    expect(fs.readFileSync(path.join(folder, 'a.yaml'), 'utf8')).toBe('small');
    expect(fs.readdirSync(disk, { recursive: true }).sort()).toEqual(before);
    write('other');
    expect(fs.readFileSync(path.join(folder, 'b.yaml'), 'utf8')).toBe('other');
  } finally {
    execFileSync('umount', [disk]);
    fs.rmdirSync(disk);
  }
});

/** Writes two files, one of them in a subfolder, in a process that is not root; what it says when it cannot. */
function writeAsNobody(folder: string, plain: string, deep: string): string {
  const program = `
    const { writeFolders } = require(${JSON.stringify(path.join(__dirname, 'write.ts'))});
    const files = new Map([['a.yaml', ${JSON.stringify(plain)}], ['sub/b.yaml', ${JSON.stringify(deep)}]]);
    try { writeFolders([{ folder: ${JSON.stringify(folder)}, files }]); } catch (error) { console.log(error.message); }`;
  const node = [process.execPath, '--require', require.resolve('tsx/cjs'), '--eval', program];
  // Not in its own folder for temporary files: what another user made there may not be written to.
  const env = { PATH: process.env.PATH, TMPDIR: path.dirname(path.dirname(folder)) };
  return execFileSync('setpriv', [...asNobody, ...node], { cwd: '/', encoding: 'utf8', env });
}

needs(linux, root).test('a subfolder that may not be written to stops a change in it, and no other', () => {
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-read-only-'));
  const folder = path.join(top, 'out', 'manifests');
  fs.chmodSync(top, 0o777);
  const bytes = () =>
    ['a.yaml', 'sub/b.yaml'].map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  expect(writeAsNobody(folder, '1', '1')).toBe('');
  fs.chmodSync(path.join(folder, 'sub'), 0o555);
  expect(writeAsNobody(folder, '2', '2')).toMatch(
    /^CANNOT_WRITE at .*manifests: found EACCES: .* What was there before is as it was\.$/m,
  );
  expect(bytes()).toEqual(['1', '1']);
  expect(writeAsNobody(folder, '2', '1')).toBe('');
  expect(bytes()).toEqual(['2', '1']);
  expect(fs.statSync(path.join(folder, 'sub')).mode & 0o777).toBe(0o555);
  expect(fs.readdirSync(path.join(top, 'out')).sort()).toEqual(['.manifests.drydock.json', 'manifests']);
  fs.rmSync(top, { recursive: true });
});

needs(linux, root).test(
  'a folder that something is mounted at is written, also a part of the same disk',
  () => {
    const top = fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-mount-'));
    const [folder, source] = [path.join(top, 'mani fests'), path.join(top, 'source')];
    for (const one of [folder, source]) fs.mkdirSync(one);
    fs.writeFileSync(path.join(source, 'theirs.txt'), 'theirs');
    execFileSync('mount', ['--bind', source, folder]);
    try {
      const write = (files: Record<string, string>) =>
        writeFolders([{ folder, files: new Map(Object.entries(files)) }]);
      write({ 'a.yaml': '1', 'sub/b.yaml': '1', 'gone.yaml': '1' });
      write({ 'a.yaml': '2', 'sub/b.yaml': '2' });
      expect((fs.readdirSync(source, { recursive: true }) as string[]).sort()).toEqual([
        'a.yaml',
        'sub',
        'sub/b.yaml',
        'theirs.txt',
      ]);
      expect(fs.readFileSync(path.join(source, 'sub/b.yaml'), 'utf8')).toBe('2');
    } finally {
      execFileSync('umount', [folder]);
      fs.rmSync(top, { recursive: true });
    }
  },
);
