import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Cluster } from '../../cluster';
import { imageArchive } from '../../cluster/images/archive';

/** The part of a container that says how its program is started and asked. */
export interface StartedContainer {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly { readonly containerPort: number }[];
}

/** What the stand-in says of itself when it starts. */
export interface Started {
  readonly Uid: string;
  readonly CapEff: string;
  readonly NoNewPrivs: string;
  readonly Seccomp: string;
  readonly rootIsWritable: boolean;
  readonly tmpIsWritable: boolean;
  readonly token: boolean;
}

/**
 * A program in the place of those of public images, which no registry of a test gives. It is no metrics-server: it shows
 * that the kubelet starts what was hardened, in which hands, and that the probes of the chart reach it.
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

  /** Puts an image of the container's own name on the nodes: only what the pod says makes its process harmless. */
  async takesPlaceOf({ image, command, ports = [] }: StartedContainer, cluster: Cluster): Promise<void> {
    const program = { mode: 0o755, content: this.program };
    const archive = imageArchive({
      name: image,
      entrypoint: ['/stand-in'],
      user: '0:0',
      files: [
        { name: 'stand-in', ...program },
        { name: 'etc', directory: true },
        { name: 'etc/stand-in-ports', content: Buffer.from(ports.map((one) => one.containerPort).join(' ')) },
        { name: 'tmp', directory: true, mode: 0o1777 },
        ...(command
          ? [
              { name: `bin`, directory: true },
              { name: `bin/${command[0]}`, ...program },
            ]
          : []),
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
