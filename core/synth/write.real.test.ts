import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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
