import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BASE_IMAGE, type Cluster, tool } from '../../cluster';

export const GATE_IMAGE = 'localhost/ci-fixer-gate:1.0.0';

/** Builds the image of the gate from its Dockerfile and the pinned kubectl. */
export async function buildGate(cluster: Cluster): Promise<void> {
  const context = mkdtempSync(path.join(os.tmpdir(), 'drydock-gate-'));
  try {
    copyFileSync(path.join(__dirname, 'gate', 'Dockerfile'), path.join(context, 'Dockerfile'));
    copyFileSync(await tool('kubectl'), path.join(context, 'kubectl'));
    await cluster.buildImage({ tag: GATE_IMAGE, context, args: { BASE: BASE_IMAGE } });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
