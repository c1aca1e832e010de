import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Cluster } from '../../cluster';
import { imageArchive } from '../../cluster/images/archive';
import type { Process } from './harmless';

/** What the stand-in says of itself when it starts. */
export type Started = Omit<Process, 'mounts'>;

/**
 * A program in the place of those of the examples, whose images no registry of a test gives. It shows that the kubelet
 * starts what was hardened, in which hands, and that the probes reach it.
 */
export class StandIn {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-stand-in-'));
  private readonly program: Buffer;

  constructor() {
    const file = path.join(this.folder, 'stand-in');
    execFileSync('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', file, '.'], {
      cwd: path.join(__dirname, 'stand-in'),
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
      stdio: 'inherit',
    });
    this.program = readFileSync(file);
  }

  /** Puts it on the nodes as an image: only what the pod says makes its process harmless. */
  async putOn(cluster: Cluster, image: string): Promise<void> {
    const archive = imageArchive({
      name: image,
      entrypoint: ['/stand-in'],
      user: '0:0',
      files: [
        { name: 'stand-in', mode: 0o755, content: this.program },
        { name: 'tmp', directory: true, mode: 0o1777 },
      ],
    });
    const file = path.join(this.folder, 'image.tar');
    writeFileSync(file, archive);
    await cluster.importImage(file);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
