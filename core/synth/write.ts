import fs from 'node:fs';
import path from 'node:path';
import { DrydockError } from '../template';
import { type Exchanged, ExchangeFailed, exchange, linkOrCopy, putBackWhatWasLeft } from './exchange';
import { isMountPoint } from './mount-point';
import { type Difference, differenceOf, type FolderContent, isSameOrBelow, realPath } from './wanted-files';

export type { FolderContent } from './wanted-files';

/**
 * Writes folders so that each holds what is given, all of them or none: a folder in which something changes is made anew
 * beside its place, with all that others put there, and takes its place by renaming. A file that did not change keeps its
 * time, a folder in which nothing changes is not touched. A file that an earlier call wrote and this one does not is
 * removed, unless somebody changed it since (docs/decisions/0010-output-folders.md).
 */
export function writeFolders(contents: readonly FolderContent[]): void {
  let where = '';
  try {
    const wanted: Wanted[] = [];
    for (const content of merged(contents)) {
      where = content.folder;
      const top = realPath(where);
      for (const place of [path.dirname(top), top]) putBackWhatWasLeft(place);
      const difference = differenceOf(content);
      refuseReadOnly(difference);
      wanted.push({ label: where, top, difference });
    }
    exchange(exchangesFor(wanted.filter(({ difference }) => !difference.isEmpty)));
  } catch (error) {
    throw error instanceof ExchangeFailed
      ? cannotWrite(error.label, error.cause, error.keptIn)
      : cannotWrite(where, error as NodeJS.ErrnoException, []);
  }
}

/** Contents of one folder together, as where two Apps write into it. */
function merged(contents: readonly FolderContent[]): FolderContent[] {
  const byFolder = new Map<string, FolderContent>();
  for (const content of contents) {
    const place = path.resolve(content.folder);
    const { folder, files, folders = [] } = byFolder.get(place) ?? { ...content, files: [], folders: [] };
    byFolder.set(place, {
      folder,
      files: new Map([...files, ...content.files]),
      folders: [...folders, ...(content.folders ?? [])],
    });
  }
  return [...byFolder.values()];
}

interface Wanted {
  /** The folder as its user calls it. */
  readonly label: string;
  readonly top: string;
  readonly difference: Difference;
}

/** A folder that may not be written to is its owner's word, also where renaming around it were possible. */
function refuseReadOnly({ changed, removed, missing }: Difference): void {
  const folders = new Set([...changed.keys(), ...removed, ...missing].map((one) => path.dirname(one)));
  for (const folder of folders) if (fs.existsSync(folder)) fs.accessSync(folder, fs.constants.W_OK);
}

/** The files and folders to exchange, the fewest that hold every difference. */
function exchangesFor(wanted: readonly Wanted[]): Exchanged[] {
  const tops = wanted.map(({ top }) => top);
  const outermost = tops.filter((top) => !tops.some((other) => other !== top && isSameOrBelow(top, other)));
  const changed = new Map(wanted.flatMap(({ difference }) => [...difference.changed]));
  const missing = new Set(wanted.flatMap(({ difference }) => [...difference.missing]));
  const kept = [...changed.keys(), ...missing];
  const gone = new Set(
    wanted
      .flatMap(({ difference }) => [...difference.removed, ...difference.dropped])
      // A folder that one content leaves empty may be where another one is.
      .filter((place) => !kept.some((one) => isSameOrBelow(one, place))),
  );
  const all = new Map<string, Exchanged>();
  for (const { label, difference } of wanted) {
    const places = [...difference.changed.keys(), ...difference.removed, ...difference.missing];
    for (const place of places) {
      const target = exchangeable(place, outermost);
      if (all.has(target)) continue;
      const make = (fresh: string) => makeAnew(target, fresh, { changed, missing, gone });
      all.set(target, gone.has(target) ? { target, label } : { target, label, make });
    }
  }
  // Records last: what was written is not forgotten if the process ends in the middle.
  const isFile = ({ target }: Exchanged) => changed.has(target);
  return [...all.values()].sort((a, b) => Number(isFile(a)) - Number(isFile(b)));
}

/**
 * What is exchanged for a change: the output folder that it is in. One that cannot be moved, as it is a mount point or the
 * program runs in it, is exchanged entry by entry; a file outside of all output folders by itself.
 */
function exchangeable(place: string, outermost: readonly string[]): string {
  const top = outermost.find((one) => isSameOrBelow(place, one));
  if (top === undefined || place === top) return place;
  const canMove = !isSameOrBelow(process.cwd(), top) && !isMountPoint(top);
  if (canMove) return top;
  return path.join(top, path.relative(top, place).split(path.sep)[0] as string);
}

interface Changes {
  readonly changed: ReadonlyMap<string, Buffer>;
  readonly missing: ReadonlySet<string>;
  readonly gone: ReadonlySet<string>;
}

/** Makes what is to be at `target` at `fresh`: what is there, with the changes. */
function makeAnew(target: string, fresh: string, changes: Changes): void {
  const content = changes.changed.get(target);
  if (content !== undefined) {
    writeNew(fresh, content);
    return;
  }
  const modes: [string, number][] = [];
  if (fs.existsSync(target)) takeOver(target, fresh, changes, modes);
  const place = (one: string) => path.join(fresh, path.relative(target, one));
  for (const folder of changes.missing)
    if (isSameOrBelow(folder, target)) fs.mkdirSync(place(folder), { recursive: true });
  for (const [file, bytes] of changes.changed) {
    if (!isSameOrBelow(file, target)) continue;
    fs.mkdirSync(path.dirname(place(file)), { recursive: true });
    writeNew(place(file), bytes);
  }
  for (const [folder, mode] of modes.reverse()) fs.chmodSync(folder, mode);
}

function writeNew(file: string, bytes: Buffer): void {
  fs.writeFileSync(file, bytes, { flag: 'wx' });
}

function takeOver(from: string, to: string, changes: Changes, modes: [string, number][]): void {
  fs.mkdirSync(to, { recursive: true });
  modes.push([to, fs.statSync(from).mode & 0o7777]);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [old, copy] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (changes.gone.has(old)) continue;
    if (entry.isDirectory()) takeOver(old, copy, changes, modes);
    else if (changes.changed.has(old)) continue;
    else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(old), copy);
    else linkOrCopy(old, copy);
  }
}

function cannotWrite(
  folder: string,
  { code, message }: NodeJS.ErrnoException,
  keptIn: readonly string[],
): DrydockError {
  const remedy = code === 'ENOSPC' ? 'The disk is full: make room' : 'Check the folder and its permissions';
  const state =
    keptIn.length === 0
      ? 'What was there before is as it was'
      : `What was there before could not be put back: look at ${keptIn.join(', ')}`;
  return new DrydockError('CANNOT_WRITE', {
    where: folder,
    found: message,
    expected: 'a folder that can be written to',
    remedy: `${remedy}. ${state}.`,
  });
}
