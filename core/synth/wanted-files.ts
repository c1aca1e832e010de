import fs from 'node:fs';
import path from 'node:path';
import { isScratch, readRecord, recordPath, recordText, wasWritten } from './written-files';

/** What a folder is to hold. */
export interface FolderContent {
  readonly folder: string;
  /** By their path below the folder. */
  readonly files: ReadonlyMap<string, string | Buffer>;
  /** Folders below it that are to exist, also with nothing in them; `.` for the folder itself. */
  readonly folders?: readonly string[];
}

/** What differs between the disk and what is wanted; every path is absolute and leads through no symbolic link. */
export interface Difference {
  /** Files with other bytes than they have, or that are not there. */
  readonly changed: ReadonlyMap<string, Buffer>;
  /** Files that we wrote once and nothing produces any more. */
  readonly removed: ReadonlySet<string>;
  /** Folders that hold nothing but what is removed. */
  readonly dropped: ReadonlySet<string>;
  /** Folders that are wanted and are not there. */
  readonly missing: ReadonlySet<string>;
  readonly isEmpty: boolean;
}

/** Compares what a folder is to hold, and its record, with what is there. Changes nothing. */
export function differenceOf(content: FolderContent): Difference {
  const folder = realPath(content.folder);
  const wanted = new Map([...content.files].map(([name, bytes]) => [path.join(folder, name), bytes]));
  const changed = new Map<string, Buffer>();
  for (const [file, bytes] of wanted) addChange(changed, realPath(file), bytes);
  const folders = foldersOf(content).map((name) => path.join(folder, name));
  const missing = new Set(folders.filter((one) => !fs.existsSync(one)).map(realPath));

  const before = readRecord(content.folder);
  const removed = new Set(
    [...before.keys()]
      .filter((name) => {
        const file = path.join(folder, name);
        return !wanted.has(file) && isFile(file) && wasWritten(before, name, fs.readFileSync(file));
      })
      .map((name) => path.join(folder, name)),
  );
  const dropped = droppedFolders(folder, removed, new Set(folders));

  if (!isScratch(content.folder)) {
    const record = recordPath(content.folder);
    if (content.files.size > 0 || folders.length > 0) {
      addChange(changed, realPath(record), recordText(content.files));
    } else if (fs.existsSync(record)) removed.add(realPath(record));
  }
  return { changed, removed, dropped, missing, isEmpty: changed.size + removed.size + missing.size === 0 };
}

function addChange(changed: Map<string, Buffer>, file: string, content: string | Buffer): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (!fs.existsSync(file) || !fs.readFileSync(file).equals(bytes)) changed.set(file, bytes);
}

/** Every folder that is to be there, with those above it; none where nothing is. */
function foldersOf({ files, folders = [] }: FolderContent): string[] {
  const all = new Set<string>();
  const add = (folder: string) => {
    all.add(folder);
    if (folder !== '.') add(path.dirname(folder));
  };
  for (const folder of folders) add(path.normalize(folder));
  for (const name of files.keys()) add(path.dirname(path.normalize(name)));
  return [...all];
}

/** The folders that the removal of files leaves empty, the folder itself included; never one that is wanted. */
function droppedFolders(top: string, removed: ReadonlySet<string>, wanted: ReadonlySet<string>): Set<string> {
  const dropped = new Set<string>();
  const deepestFirst = [...removed].sort((a, b) => b.split(path.sep).length - a.split(path.sep).length);
  for (const file of deepestFirst) {
    let folder = path.dirname(file);
    while (isSameOrBelow(folder, top) && !wanted.has(folder)) {
      const goes = (name: string) =>
        removed.has(path.join(folder, name)) || dropped.has(path.join(folder, name));
      if (!fs.readdirSync(folder).every(goes)) break;
      dropped.add(folder);
      folder = path.dirname(folder);
    }
  }
  return dropped;
}

export function isSameOrBelow(one: string, folder: string): boolean {
  const way = path.relative(folder, one);
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}

function isFile(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Where a path really leads: what is a symbolic link stays one, and what it leads to is written. */
export function realPath(one: string): string {
  const resolved = path.resolve(one);
  if (fs.existsSync(resolved)) return fs.realpathSync(resolved);
  const parent = path.dirname(resolved);
  if (parent === resolved) return resolved;
  const here = path.join(realPath(parent), path.basename(resolved));
  const isLink = fs.lstatSync(here, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? realPath(path.resolve(path.dirname(here), fs.readlinkSync(here))) : here;
}
