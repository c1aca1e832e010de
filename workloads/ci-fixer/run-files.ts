import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FixRequest } from './request';
import type { Step, Verdict } from './verdict';

/** A run as it lies on the disk: until its verdict with what was asked for, from then on with what was told. */
export interface SavedRun {
  readonly id: string;
  /** The order in which runs were asked for. */
  readonly number: number;
  readonly tenant: string;
  readonly request: FixRequest;
  readonly asked: string;
  readonly started?: string;
  readonly ended?: string;
  readonly verdict?: Verdict;
  readonly steps: readonly Step[];
}

const NAME = /^([0-9a-f-]{36})\.json$/;
const ENDED = /^([0-9a-f-]{36})\.ended\.json$/;
/** What is half written for longer than this is what a crash left; another process may be writing the rest. */
const LEFT_MS = 600_000;

/**
 * The runs on a disk: a file each while they go on, and another one with the verdict. What is saved is there after a crash, and
 * never half of it. While an upgrade replaces the program two processes have the folder: the first verdict of a run is the one.
 */
export class RunFiles {
  private readonly part = `.${randomBytes(4).toString('hex')}.part`;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      if (!name.endsWith('.part')) continue;
      const { mtimeMs = Date.now() } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > LEFT_MS) rmSync(join(folder, name), { force: true });
    }
  }

  save(run: SavedRun): void {
    const file = this.fileOf(run.id);
    renameSync(this.written(file, run), file);
  }

  /** Saves the end of a run. Where it has one already, that is returned and stays. */
  end(run: SavedRun): SavedRun {
    const file = this.endOf(run.id);
    const part = this.written(file, run);
    try {
      // Unlike a rename it fails where there is one.
      linkSync(part, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return this.read(file) ?? run;
    } finally {
      rmSync(part, { force: true });
    }
    rmSync(this.fileOf(run.id), { force: true });
    return run;
  }

  remove(id: string): void {
    for (const file of [this.fileOf(id), this.endOf(id)]) rmSync(file, { force: true });
  }

  /** All that there are but those that are known, in the order in which they were asked for. */
  load(isKnown: (id: string) => boolean = () => false): SavedRun[] {
    const names = readdirSync(this.folder);
    const idsOf = (form: RegExp) => names.flatMap((name) => form.exec(name)?.[1] ?? []);
    const ids = new Set([...idsOf(NAME), ...idsOf(ENDED)]);
    return [...ids]
      .filter((id) => !isKnown(id))
      .flatMap((id) => this.either(id) ?? [])
      .sort((left, right) => left.number - right.number);
  }

  private written(file: string, run: SavedRun): string {
    const part = file + this.part;
    const open = openSync(part, 'w', 0o600);
    try {
      writeFileSync(open, JSON.stringify(run));
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    return part;
  }

  /** It may end while it is looked for, and then the first look was too early. */
  private either(id: string): SavedRun | undefined {
    return this.read(this.endOf(id)) ?? this.read(this.fileOf(id)) ?? this.read(this.endOf(id));
  }

  /** Undefined for what is not there, or not any more. */
  private read(file: string): SavedRun | undefined {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as SavedRun;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  private endOf(id: string): string {
    return join(this.folder, `${id}.ended.json`);
  }
}
