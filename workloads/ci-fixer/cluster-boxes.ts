import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type OnProgress,
  type Sandbox,
  SandboxError,
  type SandboxErrorCode,
  Sandboxes,
} from 'cdk8s-drydock/sandbox';
import {
  type Box,
  type Boxes,
  type BoxOptions,
  BoxRefused,
  type CommandOptions,
  type Ended,
  OUTPUT_LIMIT,
} from './box';
import { Line } from './line';
import { modeOf, TREE_LIMITS, type Tree, treeOfFolder } from './tree';

/** What the one who asked can mend, or their administrator. */
const REFUSALS: readonly SandboxErrorCode[] = [
  'PolicyDenied',
  'TemplateMismatch',
  'ImagePull',
  'ArgumentInvalid',
  'StartFailed',
  'NetworkNotClosed',
  'Unsupported',
  'CommandNotStarted',
  'FileLimit',
  'FileUnsafe',
];
const NO_ROOM: readonly SandboxErrorCode[] = ['QuotaExceeded', 'Unschedulable'];
const TRY_AGAIN_MS = 1000;
/** The pull of an image that a node has not had yet is part of it. */
const START_TIMEOUT_MS = 180_000;
/** Files that are written at once: each waits for an answer. */
const AT_ONCE = 8;

export interface ClusterOptions {
  readonly template: string;
  readonly namespace: string;
  /** How many are started ahead, and with which image. */
  readonly warm: number;
  readonly warmImage: string;
  /** Told why they are not there, once. */
  readonly onNotWarm: (error: unknown) => void;
}

/** Sandboxes of a cluster, as the chart `ci-fixer-admin` allows them. */
export class ClusterBoxes implements Boxes {
  /** Those that wait for room get it in the order in which they came. */
  private readonly line = new Line();

  constructor(
    private readonly sandboxes: Pick<Sandboxes, 'claim' | 'list' | 'metrics' | 'close'>,
    /** Of those that are started ahead; undefined where none are. */
    private readonly warmImage?: string,
  ) {}

  static of({ warm, warmImage, onNotWarm, ...place }: ClusterOptions): ClusterBoxes {
    const pool = { warm, values: { image: warmImage } };
    const sandboxes = new Sandboxes({ ...place, pool, startTimeoutMs: START_TIMEOUT_MS });
    if (warm === 0) return new ClusterBoxes(sandboxes);
    // Not only from the first run on. It goes on by itself, and a run that finds none starts its own.
    sandboxes.warmUp(START_TIMEOUT_MS).catch(onNotWarm);
    return new ClusterBoxes(sandboxes, warmImage);
  }

  async open(options: BoxOptions): Promise<Box> {
    const box = this.line.isEmpty ? await this.tried(options, options.name) : undefined;
    if (box) return box;
    options.onWaiting();
    return this.line.wait(options.signal, async (leave) => {
      // A name of its own each time: what the cluster still does about a Job that is gone it would do to the next one of its name.
      for (let tries = 1; ; tries++) {
        const box = await this.tried(options, `${options.name}-${tries}`, leave);
        if (box) return box;
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
        options.signal.throwIfAborted();
      }
    });
  }

  async check(): Promise<void> {
    await this.sandboxes.list();
  }

  metrics(): string {
    return this.sandboxes.metrics();
  }

  close(): Promise<void> {
    return this.sandboxes.close();
  }

  /** Undefined where there is no room. That there is can be known long before the box is entered. */
  private async tried(
    { image, ttl, signal }: BoxOptions,
    name: string,
    onRoom = () => {},
  ): Promise<Box | undefined> {
    const onProgress: OnProgress = ({ phase }) => {
      // The quota has let its pod in, and a node has a place for it.
      if (phase === 'scheduled') onRoom();
    };
    try {
      // One that is started ahead has a name already.
      const values = image === this.warmImage ? { image } : { name, image };
      return new ClusterBox(await this.sandboxes.claim({ values, ttl, signal, onProgress }));
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      if (NO_ROOM.includes(error.code)) return undefined;
      throw refusalOf(error);
    }
  }
}

/** What is to be told to the one who asked, or the error as it is where that is somebody else's business. */
function refusalOf(error: unknown): unknown {
  const isTheirs = error instanceof SandboxError && !error.retryable && REFUSALS.includes(error.code);
  if (!isTheirs) return error;
  const { found, expected, remedy } = error;
  return new BoxRefused(`Found ${found}, expected ${expected}. ${remedy}`, { cause: error });
}

class ClusterBox implements Box {
  constructor(private readonly sandbox: Sandbox) {}

  async put(tree: Tree): Promise<void> {
    const files = [...tree];
    const writeAll = async () => {
      for (let next = files.pop(); next; next = files.pop()) {
        await this.sandbox.files.write(next[0], next[1], { mode: modeOf(next[1]) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, writeAll));
  }

  async run(argv: readonly string[], { repository, ...options }: CommandOptions): Promise<Ended> {
    if (repository === undefined) return this.runIn(argv, options);
    try {
      // The server is one that the administrator has named, so it may be in a network of theirs.
      const repositories = [{ url: repository, allowPrivate: true }];
      await using egress = await this.sandbox.egress({ repositories });
      return await this.runIn(argv, { ...options, env: { ...options.env, ...egress.env } });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  private async runIn(
    argv: readonly string[],
    { timeoutMs, signal, env, onOutput }: CommandOptions,
  ): Promise<Ended> {
    const tooMuch = new AbortController();
    let left = OUTPUT_LIMIT;
    const take = (bytes: Uint8Array) => {
      left -= bytes.length;
      if (left < 0) tooMuch.abort();
      else onOutput(bytes);
    };
    const options = {
      timeoutMs,
      env,
      signal: AbortSignal.any([signal, tooMuch.signal]),
      onStdout: take,
      onStderr: take,
      // It is told as it comes, and not kept here.
      maxOutputBytes: 1,
    };
    try {
      const result = await this.sandbox.commands.run(argv, options);
      const isOurs = result.outcome === 'aborted' && tooMuch.signal.aborted;
      const outcome = isOurs ? 'tooMuchOutput' : result.outcome;
      return { outcome, exitCode: result.exitCode, cause: result.cause?.found };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== error || !(error instanceof SandboxError)) throw refusal;
      // Code that ends what watches it has ended its own sandbox.
      return { outcome: 'podLost', cause: error.found };
    }
  }

  async take(folder: string): Promise<Tree> {
    const scratch = await mkdtemp(join(tmpdir(), 'ci-fixer-'));
    const local = join(scratch, 'files');
    try {
      await this.sandbox.files.remove(`${folder}/.git`, { recursive: true });
      await this.sandbox.files.download(folder, local, {
        special: 'skip',
        limits: { maxBytes: TREE_LIMITS.bytes, maxEntries: 4 * TREE_LIMITS.files },
      });
      return await treeOfFolder(local);
    } catch (error) {
      throw refusalOf(error);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }
}
