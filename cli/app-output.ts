import fs from 'node:fs';
import path from 'node:path';
import { asVariables, type FolderContent, type HandedChart, readHandovers } from '../core/synth';
import { DrydockError } from '../errors';
import type { Io } from './command';
import { filesBelow } from './files-below';
import { runApp } from './run-app';
import type { AppConfig } from './synth-config';

/** What the Apps of a program would write. */
export interface AppOutput {
  readonly manifests: readonly FolderContent[];
  /** Folders of charts and secrets. */
  readonly beside: readonly FolderContent[];
  readonly charts: readonly HandedChart[];
}

/**
 * Runs a program whose Apps hand over what they would write, so that nothing is written unless all of it went well. What
 * any other program leaves in the folder of `CDK8S_OUTDIR` counts as manifests.
 *
 * @param folder an empty one, for what goes from hand to hand
 */
export async function outputOf(
  { app, output, isOutputNamed }: AppConfig,
  folder: string,
  env: Readonly<Record<string, string>>,
  io: Io,
): Promise<AppOutput> {
  const handed = path.join(folder, 'handed');
  const other = path.join(folder, 'manifests');
  fs.mkdirSync(handed);
  const place = path.resolve(output);
  const request = { folder: handed, output: place, ...(isOutputNamed ? { named: place } : {}) };
  await runApp(app, { ...env, CDK8S_OUTDIR: other, ...asVariables({ handover: request }) }, io);
  const handovers = readHandovers(handed);
  const others = filesBelow(other);
  const files = new Map(others.map((name) => [name, fs.readFileSync(path.join(other, name))] as const));
  const manifests = [
    ...(files.size > 0 ? [{ folder: place, files }] : []),
    ...handovers.map(({ manifests: own }) => own),
  ];
  const beside = handovers.flatMap((handover) => handover.beside);
  if ([...manifests, ...beside].every((content) => content.files.size === 0)) throw nothingToWrite(app);
  return { manifests, beside, charts: handovers.flatMap(({ charts }) => charts) };
}

function nothingToWrite(app: string): DrydockError {
  return new DrydockError('NOTHING_WRITTEN', {
    where: app,
    found: 'no App of this library that was synthesized, and no file in the folder that CDK8S_OUTDIR names',
    expected: 'a program that makes an `App` of cdk8s-drydock with charts in it, and calls its `synth()`',
    remedy:
      'Call app.synth() at its end. An App of stock cdk8s must have no `outdir` of its own. Nothing was written by drydock.',
  });
}
