import { GitopsError } from '../errors';

/** One entry of `git ls-tree -r -z -l`. */
export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  readonly path: string;
}

export function readTree(out: Buffer): TreeEntry[] {
  return out
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, id, size, path] = /^(\d{6}) \w+ ([0-9a-f]{40,64}) +(\d+|-)\t([\s\S]*)$/.exec(line) ?? [];
      if (mode === undefined || id === undefined || path === undefined) return [];
      return [{ mode, id, size: size === '-' ? 0 : Number(size), path }];
    });
}

const ODD: Readonly<Record<string, string>> = {
  '120000': 'a symbolic link',
  '160000': 'a submodule',
};

/**
 * Refuses all of a folder for one entry that is no plain file: what it leads to is elsewhere, and a half of what was meant
 * is worse than nothing.
 */
export function refuseOddEntries(entries: readonly TreeEntry[], most: number, where: string): void {
  if (entries.length > most) {
    throw new GitopsError('SOURCE_TOO_LARGE', {
      where,
      found: `${entries.length} files below the folder`,
      expected: `at most ${most}`,
      remedy: 'let `spec.source.path` name the folder of this Application alone',
    });
  }
  for (const { mode, path } of entries) {
    const isConflict = /(^|\/)(\.jjconflict-|JJ-CONFLICT-README$)/.test(path);
    const odd = isConflict ? 'a conflict of jj' : ODD[mode];
    if (!odd && !isOddName(path)) continue;
    throw new GitopsError('SOURCE_REFUSED', {
      where: `${where} ${JSON.stringify(path)}`,
      found: odd ?? 'a name that leads elsewhere, or has characters that cannot be seen',
      expected: 'plain files',
      remedy: isConflict
        ? 'resolve it (`jj resolve`) and push again'
        : 'put the file itself there; what was applied stays as it is',
    });
  }
}

function isOddName(path: string): boolean {
  return /[\p{Cc}\\]/u.test(path) || path.split('/').some((part) => /^(\.|\.\.|\.git)$/i.test(part));
}
