import fs from 'node:fs';
import path from 'node:path';

/** Something that takes the place of what is there. */
export interface Exchanged {
  /** The file or folder that is exchanged. */
  readonly target: string;
  /** Makes the new one at a path; left out where the target is removed. */
  readonly make?: (fresh: string) => void;
  /** Told in errors. */
  readonly label: string;
}

/** What failed, and where what was there before is now: `undefined` where it is in its place. */
export class ExchangeFailed extends Error {
  constructor(
    readonly label: string,
    override readonly cause: NodeJS.ErrnoException,
    readonly keptIn: readonly string[] = [],
  ) {
    super(cause.message);
  }
}

/**
 * Puts new files and folders into the place of old ones. All new ones are made first, in a folder `.drydock-PID` beside
 * their place and so on the same disk; then each is renamed into place. A file is exchanged in one step of the file
 * system, a folder in two. What fails on the way is undone.
 *
 * A process that is killed leaves its `.drydock-PID`, with what it had moved aside in it. The next exchange in the same
 * place puts back what is missing and removes the rest.
 */
export function exchange(all: readonly Exchanged[]): void {
  const parents = new Set(all.map(({ target }) => path.dirname(target)));
  const made: string[] = [];
  const moves: Move[] = [];
  let kept: readonly string[] = [];
  let isDone = false;
  try {
    for (const parent of parents) {
      const { label } = all.find(({ target }) => path.dirname(target) === parent) as Exchanged;
      attempt(label, () => prepare(parent, made));
    }
    for (const one of all) attempt(one.label, () => moves.push(new Move(one)));
    try {
      for (const move of moves) attempt(move.label, () => move.commit());
      isDone = true;
    } catch (error) {
      kept = moves.flatMap((move) => move.undo());
      throw kept.length === 0 ? error : withKept(error as ExchangeFailed, kept);
    }
  } finally {
    // What could not be put back is in these folders, so they stay then.
    if (kept.length === 0) for (const parent of parents) tidy(() => removeWork(parent));
    if (!isDone) for (const folder of made.reverse()) tidy(() => fs.rmdirSync(folder));
  }
}

function withKept({ label, cause }: ExchangeFailed, kept: readonly string[]): ExchangeFailed {
  return new ExchangeFailed(label, cause, kept);
}

class Move {
  readonly label: string;
  private readonly target: string;
  private readonly fresh: string | undefined;
  private readonly aside: string;
  private readonly isFile: boolean;
  private isAside = false;
  private isInPlace = false;

  constructor({ target, make, label }: Exchanged) {
    const work = workFolder(path.dirname(target));
    this.label = label;
    this.target = target;
    this.aside = path.join(work, 'old', path.basename(target));
    this.fresh = make && path.join(work, 'new', path.basename(target));
    this.isFile = fs.lstatSync(target, { throwIfNoEntry: false })?.isFile() ?? false;
    if (this.fresh !== undefined) make?.(this.fresh);
  }

  commit(): void {
    const isThere = fs.existsSync(this.target);
    if (isThere && this.isFile && this.fresh !== undefined) linkOrCopy(this.target, this.aside);
    else if (isThere) fs.renameSync(this.target, this.aside);
    this.isAside = isThere;
    if (this.fresh === undefined) return;
    fs.renameSync(this.fresh, this.target);
    this.isInPlace = true;
  }

  /** Where the old one is, should it not be possible to put it back. */
  undo(): string[] {
    try {
      if (this.isInPlace && !this.isFile) fs.renameSync(this.target, this.fresh as string);
      if (this.isAside) fs.renameSync(this.aside, this.target);
      else if (this.isInPlace && this.isFile) fs.rmSync(this.target);
      return [];
    } catch {
      return [this.isAside ? this.aside : this.target];
    }
  }
}

function workFolder(parent: string): string {
  return path.join(parent, `.drydock-${process.pid}`);
}

function prepare(parent: string, made: string[]): void {
  makeFolder(parent, made);
  for (const name of ['new', 'old']) fs.mkdirSync(path.join(workFolder(parent), name), { recursive: true });
}

/** Makes a folder and those above it, and notes each that was not there. */
function makeFolder(folder: string, made: string[]): void {
  if (fs.existsSync(folder)) return;
  makeFolder(path.dirname(folder), made);
  fs.mkdirSync(folder);
  made.push(folder);
}

/** What a killed process moved aside goes back to its place, unless something is there; the rest of its work is removed. */
export function putBackWhatWasLeft(parent: string): void {
  if (!isFolder(parent)) return;
  for (const name of fs.readdirSync(parent)) {
    const pid = Number(/^\.drydock-(\d+)$/.exec(name)?.[1] ?? 0);
    if (pid === 0 || (pid !== process.pid && isAlive(pid))) continue;
    const left = path.join(parent, name);
    const old = path.join(left, 'old');
    for (const one of isFolder(old) ? fs.readdirSync(old) : [])
      if (!fs.existsSync(path.join(parent, one))) fs.renameSync(path.join(old, one), path.join(parent, one));
    removeTree(left);
  }
}

function isFolder(place: string): boolean {
  return fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** One file under a second name; on a file system that cannot do that, a copy with the time of the first. */
export function linkOrCopy(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
    const { atime, mtime } = fs.statSync(from);
    fs.utimesSync(to, atime, mtime);
  }
}

/** First in one step, so that no later run takes what was replaced for what has to be put back. */
function removeWork(parent: string): void {
  const work = workFolder(parent);
  if (isFolder(path.join(work, 'old'))) fs.renameSync(path.join(work, 'old'), path.join(work, 'replaced'));
  removeTree(work);
}

/** Removes a tree, with folders in it that may not be written to. */
function removeTree(folder: string): void {
  if (!fs.existsSync(folder)) return;
  openFolders(folder);
  fs.rmSync(folder, { recursive: true });
}

function openFolders(folder: string): void {
  fs.chmodSync(folder, 0o700);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openFolders(path.join(folder, entry.name));
}

/** What is left over is removed by the next run, so a failure here changes nothing that matters. */
function tidy(step: () => void): void {
  try {
    step();
  } catch {}
}

function attempt(label: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw new ExchangeFailed(label, error as NodeJS.ErrnoException);
  }
}
