import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../../cluster';

const RUNS = 'runs';
const EVERY_MS = 100;
const WITHIN_MS = 60_000;

/** The working directory of one sandbox, as the node's disk has it. */
export interface Workspace {
  /** The lines of the file `runs`, also when the sandbox is gone. */
  runs(): readonly string[];
  /** Lets the command in it go on. */
  release(): void;
}

/**
 * What commands write into the working directories of their sandboxes, read from the node's disk: a second name for the file
 * `runs` of each keeps it when the sandbox and its folder are gone. So it is known what ran, whatever anybody is told.
 */
export class Workspaces {
  readonly #kept: string;
  readonly #nodes: readonly string[];
  readonly #folders = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  constructor(cluster: Cluster) {
    this.#nodes = cluster.layout.nodes.map(({ directory }) => path.join(directory, 'kubelet/pods'));
    // A link needs the same disk.
    this.#kept = mkdtempSync(path.join(cluster.layout.directory, 'runs-'));
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** Waits until something ran in the pod. */
  async of(podUid: string): Promise<Workspace> {
    const until = Date.now() + WITHIN_MS;
    while (!this.#folders.has(podUid)) {
      if (Date.now() > until) throw new Error(`nothing ran in the pod ${podUid}`);
      await pause(EVERY_MS / 5);
    }
    return {
      runs: () => this.#runs(podUid),
      release: () => {
        try {
          writeFileSync(path.join(this.#folders.get(podUid)!, 'go'), '');
        } catch {
          // Gone with its pod.
        }
      },
    };
  }

  /** How often a line was written, in all sandboxes together. */
  count(line: string): number {
    const lines = [...this.#folders.keys()].flatMap((podUid) => this.#runs(podUid));
    return lines.filter((one) => one === line).length;
  }

  close(): void {
    clearInterval(this.#timer);
    rmSync(this.#kept, { recursive: true, force: true });
  }

  #runs(podUid: string): string[] {
    return readFileSync(path.join(this.#kept, podUid), 'utf8').split('\n').filter(Boolean);
  }

  #look(): void {
    for (const pods of this.#nodes) {
      // Not there before the first pod, nor when the cluster is gone.
      for (const podUid of existsSync(pods) ? readdirSync(pods) : []) {
        if (this.#folders.has(podUid)) continue;
        const folder = path.join(pods, podUid, 'volumes/kubernetes.io~empty-dir/workspace');
        try {
          linkSync(path.join(folder, RUNS), path.join(this.#kept, podUid));
          this.#folders.set(podUid, folder);
        } catch {
          // Nothing yet, or gone already.
        }
      }
    }
  }
}
