import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asVariables, type ExplainedRelease } from '../core/synth';
import { DrydockError } from '../errors';
import type { Command, Io } from './command';
import { explainInWords } from './explain-report';
import { givenValues, refuseValuesOfNoChart } from './given-values';
import { parseOptions } from './parse-options';
import { runApp } from './run-app';
import { readAppConfig } from './synth-config';

const HELP = `Usage: drydock explain [VALUE | KIND/NAME] [options]

Says what the values of the charts of an app reach. A value, or a group of them (backend, backend.replicas): every object
and field that it decides. An object (Deployment/shop-web) or a chart (Chart/shop.backend): every value that reaches it.
With nothing: all values, with how much each reaches. Names of objects are those of the default values. Writes nothing.

      --env NAME       name the objects as in this environment of the charts
      --values FILE    name them as with these values; CHART=FILE for one of several charts (may be repeated)
      --json           print everything as JSON
  -a, --app COMMAND    run this instead of the app of cdk8s.yaml
`;

/** `drydock explain`. */
export const explainCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions(
    'explain',
    argv,
    {
      help: { type: 'boolean', short: 'h', default: false },
      env: { type: 'string' },
      values: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      app: { type: 'string', short: 'a' },
    },
    true,
  );
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  const { app } = readAppConfig(process.cwd(), values);
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-explain-'));
  try {
    const given = givenValues(values.values, folder);
    const releases = await releasesOf(app, folder, { ...asVariables({ env: values.env }), ...given.env }, io);
    refuseValuesOfNoChart(
      given,
      releases.map(({ chart }) => chart),
    );
    io.out(
      values.json ? `${JSON.stringify(releases, undefined, 2)}\n` : explainInWords(releases, positionals),
    );
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function releasesOf(
  app: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  io: Io,
): Promise<readonly ExplainedRelease[]> {
  const file = path.join(folder, 'explanation.json');
  const elsewhere = {
    CDK8S_OUTDIR: path.join(folder, 'dist'),
    ...asVariables({ explanationFile: file }),
  };
  await runApp(app, { ...env, ...elsewhere }, io);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly ExplainedRelease[];
  } catch {
    throw new DrydockError('NO_DRYDOCK_APP', {
      where: app,
      found: 'no App of this library that was synthesized',
      expected: 'a program that makes an `App` of cdk8s-drydock and calls its `synth()`',
      remedy: 'Use `import { App } from "cdk8s-drydock"` in the app.',
    });
  }
}
