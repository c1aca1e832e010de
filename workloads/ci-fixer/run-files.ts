import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
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

const NAME = /^[0-9a-f-]{36}\.json$/;

/** The runs on a disk, a file each. What is saved is there after a crash, and never half of it. */
export class RunFiles {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // What a crash left half written.
    for (const name of readdirSync(folder)) if (name.endsWith('.part')) rmSync(join(folder, name));
  }

  save(run: SavedRun): void {
    const file = this.fileOf(run.id);
    const part = `${file}.part`;
    const open = openSync(part, 'w', 0o600);
    try {
      writeFileSync(open, JSON.stringify(run));
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    renameSync(part, file);
  }

  remove(id: string): void {
    rmSync(this.fileOf(id), { force: true });
  }

  /** All that there are, in the order in which they were asked for. */
  load(): SavedRun[] {
    return readdirSync(this.folder)
      .filter((name) => NAME.test(name))
      .map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as SavedRun)
      .sort((left, right) => left.number - right.number);
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
