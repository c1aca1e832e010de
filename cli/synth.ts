import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folderBeside } from '../core/synth';
import type { Io } from './command';
import { givenValues } from './given-values';
import { parseOptions } from './parse-options';
import { runApp } from './run-app';
import { type AppConfig, readAppConfig } from './synth-config';
import { inWords, manifestsAsText } from './synth-report';
import { filesBelow, nothingWritten, Swap } from './synth-swap';
import { verifyApp } from './verify';

const HELP = `Usage: drydock synth [options]

Runs the app of cdk8s.yaml and writes plain manifests to its output folder (dist), and Helm charts beside it.
Both folders are replaced only when the app succeeded. What the app prints goes to the standard error.

      --env NAME       make the plain manifests for this environment of the charts
      --values FILE    use these values; CHART=FILE for one of several charts (may be repeated)
      --stdout         print the plain manifests, write nothing
      --verify         run the app with literals too and compare every object; write nothing
  -a, --app COMMAND    run this instead of the app of cdk8s.yaml
  -o, --output FOLDER  write here instead of the output of cdk8s.yaml
`;

/** `drydock synth`: what `cdk8s synth` does, but the old output stays until the new one is complete. */
export async function synthCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseOptions('synth', argv, {
    help: { type: 'boolean', short: 'h', default: false },
    env: { type: 'string' },
    values: { type: 'string', multiple: true, default: [] },
    stdout: { type: 'boolean', default: false },
    verify: { type: 'boolean', default: false },
    app: { type: 'string', short: 'a' },
    output: { type: 'string', short: 'o' },
  });
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const config = readAppConfig(process.cwd(), values);
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-given-'));
  try {
    const named: Record<string, string> = values.env === undefined ? {} : { DRYDOCK_ENV: values.env };
    const env = { ...named, ...givenValues(values.values, folder) };
    if (values.verify) return await verifyApp({ app: config.app, env }, io);
    return await (values.stdout ? toStdout(config, env, io) : toFolders(config, env, io));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function toStdout({ app }: AppConfig, env: Readonly<Record<string, string>>, io: Io): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-synth-'));
  const manifests = path.join(folder, 'manifests');
  try {
    await runApp(
      app,
      { ...env, CDK8S_OUTDIR: manifests, DRYDOCK_CHARTS_OUTDIR: path.join(folder, 'charts') },
      io,
    );
    const files = filesBelow(manifests);
    if (files.length === 0) throw nothingWritten(app);
    io.out(manifestsAsText(manifests, files));
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function toFolders(config: AppConfig, env: Readonly<Record<string, string>>, io: Io): Promise<number> {
  if (config.hasValidations) io.err('The validations of cdk8s.yaml run in `cdk8s synth`, not here.\n');
  const started = Date.now();
  const charts = process.env.DRYDOCK_CHARTS_OUTDIR ?? folderBeside(config.output, 'charts');
  const swap = new Swap(config, charts);
  try {
    swap.prepare();
    await runApp(
      config.app,
      { ...env, CDK8S_OUTDIR: swap.manifests, DRYDOCK_CHARTS_OUTDIR: swap.charts },
      io,
    );
    swap.commit();
  } finally {
    swap.discard();
  }
  io.out(inWords({ manifests: config.output, charts, seconds: (Date.now() - started) / 1000 }));
  return 0;
}
