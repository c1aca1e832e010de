import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';

/** A folder for the time of one rendering, which nobody else can read: there may be Secrets among the values. */
export async function withWorkFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-render-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the files of a commit. A source has no links and no names that lead elsewhere; here it is looked at once more, as
 * this is the one place where files of a repository come to be files of this machine.
 */
export function writeFiles(folder: string, files: readonly SourceFile[]): void {
  const root = resolve(folder) + sep;
  for (const { path, content } of files) {
    const at = resolve(folder, path);
    if (!at.startsWith(root) || at.includes('\0')) throw leadsOut(path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content, { flag: 'wx', mode: 0o600 });
  }
}

function leadsOut(path: string): GitopsError {
  return new GitopsError('SOURCE_REFUSED', {
    where: JSON.stringify(path),
    found: 'a name that leads elsewhere',
    expected: 'a file below the folder of the Application',
    remedy: 'rename it; what was applied stays as it is',
  });
}
