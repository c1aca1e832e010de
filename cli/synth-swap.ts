import fs from 'node:fs';
import path from 'node:path';
import { folderBeside, hasRecord, removeRecord, writeRecordOf } from '../core/synth';
import { DrydockError } from '../core/template';
import type { AppConfig } from './synth-config';

/**
 * The output of an app on its way into place: it is made in a folder beside the output folder, so on the same disk, and
 * takes the place of what was there by renaming. If one of the folders cannot be replaced, none is.
 */
export class Swap {
  /** Where the app shall write. */
  readonly manifests: string;
  readonly charts: string;
  private readonly targets: readonly { readonly from: string; readonly to: string }[];
  private readonly folder: string;
  private readonly old: string;
  private madeParent: string | undefined;

  constructor(
    private readonly config: AppConfig,
    chartsTarget: string,
  ) {
    const target = path.resolve(config.output);
    this.folder = path.join(path.dirname(target), `.drydock-synth-${process.pid}`);
    this.old = path.join(this.folder, 'old');
    this.manifests = path.join(this.folder, 'new', 'manifests');
    this.charts = folderBeside(this.manifests, 'charts');
    this.targets = [
      { from: this.manifests, to: config.output },
      { from: this.charts, to: chartsTarget },
      { from: folderBeside(this.manifests, 'secrets'), to: folderBeside(config.output, 'secrets') },
    ];
  }

  /** Refuses what must not or cannot be replaced, before the app runs. */
  prepare(): void {
    const { output, isOutputNamed } = this.config;
    const target = path.resolve(output);
    if (isSameOrAbove(target, process.cwd())) throw holdsTheProgram(output);
    if (isOutputNamed && holdsFiles(target) && !hasRecord(target)) throw notOurs(output);
    attempt(output, () => {
      this.madeParent = fs.mkdirSync(path.dirname(this.folder), { recursive: true });
      fs.mkdirSync(this.folder);
      fs.mkdirSync(this.old);
      fs.mkdirSync(path.dirname(this.manifests));
      if (fs.existsSync(target)) fs.accessSync(target, fs.constants.W_OK);
    });
  }

  commit(): void {
    if (filesBelow(this.manifests).length === 0) throw nothingWritten(this.config.app);
    const changed = this.targets.filter(({ from, to }) => fs.existsSync(from) || hasRecord(to));
    // Only the output folder is named by somebody; the others must be ours, or new.
    for (const { to } of changed)
      if (to !== this.config.output && holdsFiles(to) && !hasRecord(to)) throw notOurs(to);
    const undo: (() => void)[] = [];
    try {
      for (const { from, to } of changed) attempt(to, () => this.replace(to, from, undo));
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
    this.madeParent = undefined;
    for (const { to } of changed) attempt(to, () => noteFiles(to));
  }

  discard(): void {
    if (fs.existsSync(this.folder)) fs.rmSync(this.folder, { recursive: true });
    if (this.madeParent) fs.rmSync(this.madeParent, { recursive: true, force: true });
  }

  private replace(target: string, from: string, undo: (() => void)[]): void {
    if (fs.existsSync(target)) {
      keepTimes(from, target);
      const old = path.join(this.old, String(undo.length));
      fs.renameSync(target, old);
      undo.push(() => fs.renameSync(old, target));
    }
    if (!fs.existsSync(from)) return;
    fs.mkdirSync(path.dirname(path.resolve(target)), { recursive: true });
    fs.renameSync(from, target);
    undo.push(() => fs.renameSync(target, from));
  }
}

function attempt(folder: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw new DrydockError('CANNOT_WRITE', {
      where: folder,
      found: message,
      expected: 'a folder that can be replaced',
      remedy: `${code === 'ENOSPC' ? 'Make room on the disk' : 'Check the folder and its permissions'}. What was there before is as it was.`,
    });
  }
}

/** The files below a folder by their path from it, sorted; none where there is no folder. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
    .sort();
}

/** A file that did not change keeps its time, for tools that look at nothing else. */
function keepTimes(from: string, target: string): void {
  for (const name of filesBelow(from)) {
    const [fresh, old] = [path.join(from, name), path.join(target, name)];
    if (!fs.existsSync(old) || !fs.readFileSync(fresh).equals(fs.readFileSync(old))) continue;
    const { atime, mtime } = fs.statSync(old);
    fs.utimesSync(fresh, atime, mtime);
  }
}

function noteFiles(folder: string): void {
  if (!fs.existsSync(folder)) {
    removeRecord(folder);
    return;
  }
  writeRecordOf(
    folder,
    new Map(filesBelow(folder).map((name) => [name, fs.readFileSync(path.join(folder, name))])),
  );
}

function isSameOrAbove(folder: string, other: string): boolean {
  return !path.relative(folder, other).startsWith('..') && !path.isAbsolute(path.relative(folder, other));
}

function holdsFiles(folder: string): boolean {
  return fs.existsSync(folder) && fs.readdirSync(folder).length > 0;
}

function holdsTheProgram(output: string): DrydockError {
  return new DrydockError('OUTPUT_HOLDS_PROGRAM', {
    where: output,
    found: 'the folder that the command runs in, or one above it',
    expected: 'a folder for output only, because it is replaced as a whole',
    remedy: 'Name a folder below, such as dist.',
  });
}

function notOurs(output: string): DrydockError {
  return new DrydockError('OUTPUT_NOT_OURS', {
    where: output,
    found: 'files that no synthesis wrote',
    expected:
      'a folder that is missing, empty or written by drydock before, because it is replaced as a whole',
    remedy: 'Name another folder, or remove that one yourself.',
  });
}

export function nothingWritten(app: string): DrydockError {
  return new DrydockError('NOTHING_WRITTEN', {
    where: app,
    found: 'no file in the folder that CDK8S_OUTDIR named',
    expected: 'an app that writes there',
    remedy:
      'Call app.synth() at its end, and give the App no `outdir` of its own. The old output is as it was.',
  });
}
