import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const BLOCK = 512;

/** Unpacks an archive as programs did that were written in a hurry: wherever it says, through whatever is there. */
export function naiveUntar(archive: Buffer, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const text = (from: number, length: number) =>
      archive
        .toString('utf8', at + from, at + from + length)
        .replace(/\0.*$/s, '')
        .trim();
    const size = Number.parseInt(text(124, 12) || '0', 8);
    const place = path.join(folder, text(0, 100));
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    const kind = text(156, 1);
    if (kind === '5') mkdirSync(place, { recursive: true });
    else if (kind === '2') symlinkSync(text(157, 100), place);
    else writeFileSync(place, content);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** What is in a folder by its paths, as programs read it that look first and open then. */
export function naiveRead(folder: string, looked: (path: string) => void): Buffer {
  const contents = readdirSync(folder).map((name) => {
    const found = path.join(folder, name);
    const isFolder = statSync(found).isDirectory();
    looked(found);
    return isFolder ? naiveRead(found, looked) : readFileSync(found);
  });
  return Buffer.concat(contents);
}

/** The longest line of what a reader of lines would hold at once. */
export function longestLine(output: Buffer): number {
  return Math.max(
    ...output
      .toString('latin1')
      .split('\n')
      .map(({ length }) => length),
  );
}
