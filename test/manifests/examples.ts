import { existsSync } from 'node:fs';
import path from 'node:path';
import { type KubeObjectJson, readObjects } from '../../check';

/** The examples that print something. A test that runs one has to mock the package by its own sources. */
export const EXAMPLES: readonly string[] = [
  'existing-app/2-our-app',
  'existing-app/3-helm-chart',
  'helm/cdk8s-plus',
  'helm/own-constructs',
  'umbrella/shop',
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
  const { CDK8S_OUTDIR: before } = process.env;
  process.chdir(folder);
  // As the `output` of cdk8s.yaml beside each example says.
  process.env.CDK8S_OUTDIR = 'dist/manifests';
  try {
    jest.isolateModules(() => jest.requireActual(`../../examples/${example}`));
  } finally {
    process.chdir(here);
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
  }
}
