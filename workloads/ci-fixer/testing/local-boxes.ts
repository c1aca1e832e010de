import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Box,
  type Boxes,
  type BoxOptions,
  BoxRefused,
  type CommandOptions,
  type Ended,
  OUTPUT_LIMIT,
} from '../box';
import { modeOf, type Tree, treeOfFolder } from '../tree';

/** The only image that these boxes have. */
export const IMAGE = 'localhost/this-machine:1';

/** Folders of this machine, for tests of what is around boxes. They hold nothing back, so only tame code may run in them. */
export class LocalBoxes implements Boxes {
  readonly opened: BoxOptions[] = [];
  /** Those that were opened and not closed. */
  stillOpen = 0;
  most = 0;

  async open(options: BoxOptions): Promise<Box> {
    if (options.image !== IMAGE) throw new BoxRefused(`the image ${options.image} is not allowed`);
    options.signal.throwIfAborted();
    this.opened.push(options);
    this.most = Math.max(this.most, ++this.stillOpen);
    const folder = await mkdtemp(join(tmpdir(), 'ci-fixer-box-'));
    return new LocalBox(folder, () => this.stillOpen--);
  }

  async check(): Promise<void> {}

  metrics(): string {
    return '';
  }

  async close(): Promise<void> {}
}

class LocalBox implements Box {
  constructor(
    private readonly folder: string,
    private readonly onClose: () => void,
  ) {}

  async put(tree: Tree): Promise<void> {
    for (const [path, content] of tree) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), content, { mode: modeOf(content) });
    }
  }

  run([program = '', ...args]: readonly string[], options: CommandOptions): Promise<Ended> {
    const { timeoutMs, signal, env, onOutput } = options;
    return new Promise((resolve, reject) => {
      // A group of its own, so that all of it ends together.
      const child = spawn(program, args, {
        cwd: this.folder,
        detached: true,
        env: { ...process.env, ...env },
      });
      let forced: Ended['outcome'] | undefined;
      const end = (outcome: Ended['outcome']) => {
        forced ??= outcome;
        try {
          process.kill(-(child.pid as number), 'SIGKILL');
        } catch {
          // It has ended meanwhile.
        }
      };
      const timer = setTimeout(end, timeoutMs, 'timedOut');
      const abort = () => end('aborted');
      signal.addEventListener('abort', abort);
      let left = OUTPUT_LIMIT;
      const take = (bytes: Buffer) => {
        left -= bytes.length;
        if (left < 0) end('tooMuchOutput');
        else onOutput(bytes);
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve(forced ? { outcome: forced } : { outcome: 'exited', exitCode: code ?? -1 });
      });
    });
  }

  async take(folder: string): Promise<Tree> {
    return treeOfFolder(join(this.folder, folder));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    this.onClose();
  }
}
