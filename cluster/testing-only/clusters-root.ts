import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { end, list } from '../berth';
import type { ProcessIdentity } from '../identity';
import { cgroupRoots, processIds, readOr } from '../machine/snapshot';
import { until } from '../until';

/** A folder of clusters that no other test uses, so that none sweeps what another one leaves on purpose. */
export class ClustersRoot {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-c-'));
  private readonly before = process.env.DRYDOCK_CLUSTERS;

  constructor() {
    process.env.DRYDOCK_CLUSTERS = this.folder;
  }

  of(id: string): string {
    return path.join(this.folder, id);
  }

  /** Everything on this machine that clusters of this folder have: files, cgroups of these names, processes. */
  remains(...ids: readonly string[]): string[] {
    const isOurs = (name: string) => ids.some((id) => name.startsWith(`drydock-${id}-`));
    return [
      ...readdirSync(this.folder).filter((name) => name !== '.lock'),
      ...cgroupRoots().flatMap((root) => readdirSync(root).filter(isOurs)),
      ...processIds().filter((pid) => this.isOfACluster(readOr(`/proc/${pid}/cmdline`))),
    ];
  }

  /**
   * A holder that ended and was not collected yet has no arguments any more. What asks about a cluster, or for its end,
   * is none of its processes: another caller's may still be there when the cluster is gone.
   */
  private isOfACluster(commandLine: string): boolean {
    const [, command = ''] = commandLine.split('\0');
    return commandLine.includes(this.folder) && !['end', 'list', 'sweep'].includes(command);
  }

  /** Kills the holder of a cluster, as running out of memory would, and leaves its folder and cgroups. */
  async killHolder(id: string, { pid }: ProcessIdentity): Promise<void> {
    process.kill(pid, 'SIGKILL');
    // The last of its threads lets go of the lock, a moment after the first one has ended.
    await until(`the cluster ${id} to be left`, async () =>
      (await list(this.folder)).some((one) => one.id === id && one.state === 'left'),
    );
  }

  async remove(): Promise<void> {
    for (const { id } of await list(this.folder)) await end(this.folder, id);
    if (this.before === undefined) delete process.env.DRYDOCK_CLUSTERS;
    else process.env.DRYDOCK_CLUSTERS = this.before;
    rmSync(this.folder, { recursive: true });
  }
}
