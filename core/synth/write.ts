import fs from 'node:fs';
import path from 'node:path';
import { DrydockError } from '../template';
import { readRecord, recordOf, type WrittenFiles, wasWritten, writeRecord } from './written-files';

/** What shall be in a folder. */
export interface FolderContent {
  readonly folder: string;
  /** By their path below the folder. */
  readonly files: ReadonlyMap<string, string | Buffer>;
  /** Folders below it that shall exist, also with nothing in them. */
  readonly folders?: readonly string[];
}

/**
 * Writes folders so that each holds what is given, all of them or none: everything is written beside its place first,
 * and only when all of that is on disk it is renamed. A file that did not change is left alone and keeps its time. A
 * file that an earlier call wrote and this one does not is removed, unless somebody changed it since
 * (docs/decisions/0010-output-folders.md).
 */
export function writeFolders(contents: readonly FolderContent[]): void {
  const staged: StagedFolder[] = [];
  try {
    for (const content of contents) {
      const folder = fs.existsSync(content.folder) ? new ChangedFolder(content) : new NewFolder(content);
      staged.push(folder);
      attempt(content.folder, () => folder.stage());
    }
    for (const folder of staged) attempt(folder.content.folder, () => folder.commit());
  } finally {
    for (const folder of staged) folder.discard();
  }
}

interface StagedFolder {
  readonly content: FolderContent;
  stage(): void;
  commit(): void;
  /** Removes what is left of the stage; also after a success. */
  discard(): void;
}

/** A folder that is not there yet: it is made beside its place, and appears as a whole. */
class NewFolder implements StagedFolder {
  private readonly stagePath: string;
  private madeParent: string | undefined;

  constructor(readonly content: FolderContent) {
    const folder = path.resolve(content.folder);
    this.stagePath = path.join(path.dirname(folder), `.${path.basename(folder)}.${process.pid}.tmp`);
  }

  stage(): void {
    this.madeParent = fs.mkdirSync(path.dirname(this.stagePath), { recursive: true });
    fs.mkdirSync(this.stagePath);
    for (const folder of foldersOf(this.content))
      fs.mkdirSync(path.join(this.stagePath, folder), { recursive: true });
    for (const [name, content] of this.content.files)
      fs.writeFileSync(path.join(this.stagePath, name), content);
  }

  commit(): void {
    fs.renameSync(this.stagePath, this.content.folder);
    writeRecord(this.content.folder, recordOf(this.content.files));
    this.madeParent = undefined;
  }

  discard(): void {
    if (fs.existsSync(this.stagePath)) fs.rmSync(this.stagePath, { recursive: true });
    if (this.madeParent) fs.rmSync(this.madeParent, { recursive: true, force: true });
  }
}

/** A folder that is there: what changed waits in a folder inside it, on the same disk, under names that nobody reads. */
class ChangedFolder implements StagedFolder {
  private readonly stagePath: string;
  private readonly changed: { readonly from: string; readonly to: string }[] = [];
  private readonly before: WrittenFiles;
  private readonly stale: string[];

  constructor(readonly content: FolderContent) {
    this.stagePath = path.join(content.folder, `.drydock-${process.pid}.tmp`);
    this.before = readRecord(content.folder);
    this.stale = [...this.before.keys()].filter((name) => !content.files.has(name));
  }

  stage(): void {
    for (const [name, content] of this.content.files) {
      const file = path.join(this.content.folder, name);
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) continue;
      if (this.changed.length === 0) fs.mkdirSync(this.stagePath);
      const from = path.join(this.stagePath, `${this.changed.length}.tmp`);
      fs.writeFileSync(from, bytes);
      this.changed.push({ from, to: file });
    }
    for (const folder of foldersOf(this.content))
      fs.mkdirSync(path.join(this.content.folder, folder), { recursive: true });
    fs.accessSync(this.content.folder, fs.constants.W_OK);
  }

  commit(): void {
    for (const { from, to } of this.changed) fs.renameSync(from, to);
    for (const name of this.stale) this.removeStale(name);
    writeRecord(this.content.folder, recordOf(this.content.files));
  }

  discard(): void {
    if (fs.existsSync(this.stagePath)) fs.rmSync(this.stagePath, { recursive: true });
  }

  private removeStale(name: string): void {
    const file = path.join(this.content.folder, name);
    if (!fs.existsSync(file) || !wasWritten(this.before, name, fs.readFileSync(file))) return;
    fs.rmSync(file);
    const needed = new Set(foldersOf(this.content));
    let folder = path.dirname(name);
    while (folder !== '.' && !needed.has(folder) && isEmpty(path.join(this.content.folder, folder))) {
      fs.rmdirSync(path.join(this.content.folder, folder));
      folder = path.dirname(folder);
    }
  }
}

function foldersOf({ files, folders = [] }: FolderContent): string[] {
  return [...new Set([...folders, ...[...files.keys()].map((name) => path.dirname(name))])];
}

function isEmpty(folder: string): boolean {
  return fs.readdirSync(folder).length === 0;
}

function attempt(folder: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw cannotWrite(folder, error as NodeJS.ErrnoException);
  }
}

function cannotWrite(folder: string, { code, message }: NodeJS.ErrnoException): DrydockError {
  return new DrydockError('CANNOT_WRITE', {
    where: folder,
    found: message,
    expected: 'a folder that can be written',
    remedy:
      code === 'ENOSPC'
        ? 'The disk is full: make room. What was there before is as it was.'
        : 'Check the folder and its permissions. What was there before is as it was.',
  });
}
