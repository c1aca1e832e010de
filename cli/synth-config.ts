import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { DrydockError } from '../errors';

const CONFIG = 'cdk8s.yaml';

/** What `cdk8s.yaml` and the command line say of an app. */
export interface AppConfig {
  /** The command that runs the app. */
  readonly app: string;
  /** The folder for plain manifests. */
  readonly output: string;
  /** The folder was named on the command line, which comes before what the program says. */
  readonly isOutputNamed: boolean;
  readonly hasValidations: boolean;
}

/** Reads the configuration that `cdk8s synth` reads; what the command line says comes first. */
export function readAppConfig(
  folder: string,
  given: { readonly app?: string | undefined; readonly output?: string | undefined },
): AppConfig {
  const config = readConfig(path.join(folder, CONFIG));
  const app = given.app ?? textIn(config, 'app');
  if (app === undefined || app.trim() === '') throw noApp(config === undefined);
  return {
    app,
    output: given.output ?? outputIn(config),
    isOutputNamed: given.output !== undefined,
    hasValidations: config?.validations !== undefined,
  };
}

/** The folder that `cdk8s synth` and `drydock synth` write plain manifests to, where no program says otherwise. */
export function configuredOutput(folder: string): string {
  return outputIn(readConfig(path.join(folder, CONFIG)));
}

function outputIn(config: Config | undefined): string {
  return textIn(config, 'output') ?? 'dist';
}

type Config = Readonly<Record<string, unknown>>;

function readConfig(file: string): Config | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const config: unknown = parse(readFileSync(file, 'utf8')) ?? {};
    if (typeof config === 'object' && !Array.isArray(config)) return config as Config;
    throw new Error('no map of settings');
  } catch (error) {
    throw new DrydockError('BAD_CONFIG', {
      where: CONFIG,
      found: (error as Error).message.split('\n')[0] as string,
      expected: 'YAML with settings such as "app" and "output"',
      remedy: 'Fix the file; https://cdk8s.io/docs/latest/cli/config-file lists its settings.',
    });
  }
}

function textIn(config: Config | undefined, key: string): string | undefined {
  const value = config?.[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new DrydockError('BAD_CONFIG', {
    where: `${CONFIG} ${key}`,
    found: JSON.stringify(value),
    expected: 'text',
    remedy: `Write ${key}: followed by text.`,
  });
}

function noApp(isFileMissing: boolean): DrydockError {
  return new DrydockError('NO_APP', {
    where: CONFIG,
    found: isFileMissing ? 'no such file in this folder' : 'no "app" in it',
    expected: 'the command that runs the app',
    remedy: 'Write "app: npx tsx main.ts" into cdk8s.yaml, or use --app.',
  });
}
