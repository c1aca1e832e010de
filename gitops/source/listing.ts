import type { TreeEntry } from './tree-entries';

/** All of a commit, listed once for all who follow one of its folders. */
export interface Listing {
  readonly revision: string;
  /** By path, the id of each folder; that of the root by the empty path. */
  readonly folders: ReadonlyMap<string, string>;
  /** What lies below the folder of this id, with paths from there; undefined where files were too many to list. */
  readonly below: (id: string) => readonly TreeEntry[] | undefined;
}

const FOLDER = '040000';

/** @param entries as `git ls-tree -r -t` has them: each folder is followed by what lies below it */
export function listingOf(
  revision: string,
  root: string,
  entries: readonly TreeEntry[],
  hasFiles: boolean,
): Listing {
  const folders = new Map([['', root]]);
  const ranges = new Map([[root, { path: '', from: 0, to: entries.length }]]);
  const open: Array<{ readonly path: string; to: number }> = [];
  for (const [index, { mode, path, id }] of entries.entries()) {
    while (open.length > 0 && !path.startsWith(`${open.at(-1)!.path}/`)) open.pop()!.to = index;
    if (mode !== FOLDER) continue;
    folders.set(path, id);
    const range = { path, from: index + 1, to: entries.length };
    open.push(range);
    // Two folders of one id have the same content.
    ranges.set(id, range);
  }
  const below = (id: string) => {
    const range = ranges.get(id);
    if (!range || !hasFiles) return undefined;
    const prefix = range.path === '' ? 0 : range.path.length + 1;
    return entries
      .slice(range.from, range.to)
      .filter(({ mode }) => mode !== FOLDER)
      .map((entry) => ({ ...entry, path: entry.path.slice(prefix) }));
  };
  return { revision, folders, below };
}
