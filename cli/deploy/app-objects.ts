import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseManifests, type ReadObject } from '../../check/read';
import { outputOf } from '../app-output';
import type { Io } from '../command';
import { givenValues } from '../given-values';
import { readAppConfig } from '../synth-config';
import { unreadable } from './source';

/** The manifests that the app of cdk8s.yaml would write; none is written. */
export async function objectsOfApp(values: readonly string[], io: Io): Promise<ReadObject[]> {
  const config = readAppConfig(process.cwd(), {});
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-deploy-'));
  try {
    const { env } = givenValues(values, folder);
    const { manifests } = await outputOf(config, folder, env, io);
    const files = manifests.flatMap((content) => [...content.files]);
    return files
      .filter(([name]) => /\.ya?ml$/.test(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, content]) => parseManifests(content.toString(), name, unreadable, true));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
