import { existsSync } from 'node:fs';
import path from 'node:path';
import { type KubeObjectJson, type PodSecurityLevel, readObjects } from '../../check';

/**
 * The examples that print something, and the level of Pod Security that they meet: cdk8s-plus-28 has no prop for
 * capabilities, nor for a seccomp profile. A test that runs one has to mock the package by its own sources.
 */
export const EXAMPLES: readonly (readonly [example: string, level: PodSecurityLevel])[] = [
  ['existing-app/2-our-app', 'baseline'],
  ['existing-app/3-helm-chart', 'baseline'],
  ['helm/cdk8s-plus', 'baseline'],
  ['helm/own-constructs', 'restricted'],
  ['umbrella/shop', 'restricted'],
];

/** What a program wrote into a folder, and the Secrets that `synth` says others have to provide. */
export function outputIn(folder: string): {
  readonly objects: KubeObjectJson[];
  readonly provided: KubeObjectJson[];
} {
  const secrets = path.join(folder, 'dist/secrets');
  return {
    objects: readObjects(path.join(folder, 'dist/manifests')),
    provided: existsSync(secrets) ? readObjects(secrets) : [],
  };
}

/** Runs an example as its readers do, in a folder that its output goes to. */
export function runExample(example: string, folder: string): void {
  const here = process.cwd();
  process.chdir(folder);
  try {
    jest.isolateModules(() => jest.requireActual(`../../examples/${example}`));
  } finally {
    process.chdir(here);
  }
}
