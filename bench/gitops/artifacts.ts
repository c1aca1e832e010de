import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What Flux's kustomize-controller takes: the files of a commit, packed. */
export interface Artifact {
  readonly path: string;
  readonly url: string;
  readonly revision: string;
  readonly digest: string;
  readonly size: number;
  readonly lastUpdateTime: string;
}

/**
 * Stands in for Flux's source-controller, which asks repositories and packs what it finds: packs files, and hands them out from
 * memory. What the one that it stands in for takes for that is not counted.
 */
export class Artifacts {
  readonly #packed = new Map<string, Buffer>();
  readonly #server = createServer((request, response) => {
    const found = this.#packed.get(request.url ?? '');
    response.writeHead(found ? 200 : 404).end(found);
  });

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  pack(name: string, files: Readonly<Record<string, string>>): Artifact {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-artifact-'));
    try {
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
        writeFileSync(path.join(folder, file), content);
      }
      const packed = path.join(folder, '..', `${path.basename(folder)}.tar.gz`);
      execFileSync('tar', ['-czf', packed, '-C', folder, '.']);
      const bytes = readFileSync(packed);
      rmSync(packed);
      return this.#add(name, bytes);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #add(name: string, bytes: Buffer): Artifact {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const at = `/${name}/${hash}.tar.gz`;
    this.#packed.set(at, bytes);
    return {
      path: at.slice(1),
      url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${at}`,
      revision: `main@sha1:${hash.slice(0, 40)}`,
      digest: `sha256:${hash}`,
      size: bytes.length,
      lastUpdateTime: `${new Date().toISOString().slice(0, 19)}Z`,
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
