import type { Tree } from './tree';

/** How a command ended, in the words of `cdk8s-drydock/sandbox`; `tooMuchOutput` is our own limit. */
export interface Ended {
  readonly outcome:
    | 'exited'
    | 'signaled'
    | 'timedOut'
    | 'aborted'
    | 'oomKilled'
    | 'evicted'
    | 'podLost'
    | 'connectionLost'
    | 'tooMuchOutput';
  /** For `exited`. */
  readonly exitCode?: number;
  /** What the cluster said, where it ended the command. */
  readonly cause?: string;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** What git in it may read meanwhile, though the network of the box is closed: this repository, over https. */
  readonly repository?: string;
  /** Told what it prints, both streams in the order in which they come. */
  readonly onOutput: (bytes: Uint8Array) => void;
}

/** A place of its own for untrusted code: what is in it can be anything, and nothing of it gets out but what is asked for. */
export interface Box {
  put(tree: Tree): Promise<void>;
  /** Runs a program; no shell reads its arguments. */
  run(argv: readonly string[], options: CommandOptions): Promise<Ended>;
  /** The files below a folder of it. */
  take(folder: string): Promise<Tree>;
  close(): Promise<void>;
}

export interface BoxOptions {
  /** The name of the sandbox, so that an operator finds the run that it belongs to. */
  readonly name: string;
  readonly image: string;
  /** Seconds after which it is gone, whatever becomes of this program. */
  readonly ttl: number;
  readonly signal: AbortSignal;
  /** Told that there is no room, and that the run waits for it. */
  readonly onWaiting: () => void;
}

/** Where boxes come from. */
export interface Boxes {
  open(options: BoxOptions): Promise<Box>;
  /** Resolves where boxes can be made now. */
  check(): Promise<void>;
  /** What Prometheus reads of the boxes themselves. */
  metrics(): string;
  close(): Promise<void>;
}

/** No box was made, for a reason that the one who asked can do something about, such as an image that is not allowed. */
export class BoxRefused extends Error {}

/** A command may print this much; what prints on and on would keep the cluster busy until its time is over. */
export const OUTPUT_LIMIT = 16 * 1024 * 1024;
