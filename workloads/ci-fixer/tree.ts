import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a repository by their path. */
export type Tree = ReadonlyMap<string, Buffer>;

/** More than this is no repository that a model can be asked about, and would fill the memory of the program. */
export const TREE_LIMITS = { files: 1000, bytes: 4 * 1024 * 1024, depth: 20 } as const;

/** A tree that is not taken. What it says is for the one who sent it. */
export class TreeError extends Error {}

/**
 * What a path has to look like: relative, without a way up, and of characters that stand for themselves in a patch. `.git` is
 * left out because what is in it is run by git.
 */
export function isSafePath(path: string): boolean {
  if (path.length > 300 || /[\p{Cc}\p{Cs}"\\]/u.test(path)) return false;
  const parts = path.split('/');
  return parts.every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');
}

/** Takes the files that somebody sent, or says which one is not taken. */
export function treeOf(files: Iterable<readonly [string, Buffer]>): Tree {
  const tree = new Map<string, Buffer>();
  let bytes = 0;
  for (const [path, content] of files) {
    if (!isSafePath(path)) {
      throw new TreeError(
        `The path ${JSON.stringify(path.slice(0, 100))} leads out of the repository or into .git.`,
      );
    }
    bytes += content.length;
    tree.set(path, content);
    if (tree.size > TREE_LIMITS.files) throw new TreeError(`There are more than ${TREE_LIMITS.files} files.`);
    if (bytes > TREE_LIMITS.bytes) throw new TreeError(`There are more than ${TREE_LIMITS.bytes} bytes.`);
  }
  if (tree.size === 0) throw new TreeError('There is no file.');
  refuseFilesAsFolders(tree);
  return tree;
}

function refuseFilesAsFolders(tree: Tree): void {
  for (const path of tree.keys()) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (tree.has(folder))
        throw new TreeError(`${JSON.stringify(folder.slice(0, 100))} is a file and a folder.`);
    }
  }
}

/** The files below a folder of this machine. Links are left out: none is followed. */
export async function treeOfFolder(folder: string): Promise<Tree> {
  const files: [string, Buffer][] = [];
  let bytes = 0;
  const visit = async (below: string, depth: number): Promise<void> => {
    if (depth > TREE_LIMITS.depth)
      throw new TreeError(`There are more than ${TREE_LIMITS.depth} levels of folders.`);
    for (const name of (await readdir(join(folder, below))).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      const found = await lstat(join(folder, path));
      if (found.isDirectory() && name !== '.git') await visit(path, depth + 1);
      if (!found.isFile()) continue;
      bytes += found.size;
      // Before it is read: a file of many gigabytes must not get into memory.
      if (bytes > TREE_LIMITS.bytes) throw new TreeError(`There are more than ${TREE_LIMITS.bytes} bytes.`);
      files.push([path, await readFile(join(folder, path))]);
      if (files.length > TREE_LIMITS.files)
        throw new TreeError(`There are more than ${TREE_LIMITS.files} files.`);
    }
  };
  await visit('', 1);
  return treeOf(files);
}

/** What a program begins with that says itself how it is run. */
const SHEBANG = Buffer.from('#!');

export function modeOf(content: Buffer): number {
  return content.subarray(0, 2).equals(SHEBANG) ? 0o755 : 0o644;
}

/** The text of a file; undefined where it is none. */
export function textOf(content: Buffer): string | undefined {
  const text = content.toString('utf8');
  return text.includes('\0') || !Buffer.from(text).equals(content) ? undefined : text;
}
