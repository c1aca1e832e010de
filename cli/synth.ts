import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asVariables, type HandedChart, writeFolders } from '../core/synth';
import { outputOf } from './app-output';
import type { Io } from './command';
import { type GivenValues, givenValues, refuseValuesOfNoChart } from './given-values';
import { parseOptions } from './parse-options';
import { type AppConfig, readAppConfig } from './synth-config';
import { foreignManifests, inWords, manifestsAsText } from './synth-report';
import { verifyApp } from './verify';

const HELP = `Usage: drydock synth [options]

Runs the app of cdk8s.yaml and writes plain manifests and Helm charts, where \`cdk8s synth\` writes them too: manifests to
the \`outdir\` of the App, else to the \`output\` of cdk8s.yaml, else to dist; charts to dist/charts beside dist/manifests,
otherwise to NAME-charts beside NAME. Nothing is written unless all of it is right: what is there stays as it is until then.
What the app prints goes to the standard error.

      --env NAME       make the plain manifests for this environment of the charts
      --values FILE    use these values; CHART=FILE for one of several charts (may be repeated)
      --stdout         print the plain manifests, write nothing
      --verify         run the app with literals too and compare every object; write nothing
  -a, --app COMMAND    run this instead of the app of cdk8s.yaml
  -o, --output FOLDER  write the manifests here, whatever cdk8s.yaml and the App say
`;

/** `drydock synth`: writes what `cdk8s synth` writes; the old output stays until the new one is complete. */
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
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-synth-'));
  try {
    const given = givenValues(values.values, folder);
    const env = { ...asVariables({ env: values.env }), ...given.env };
    if (values.verify) return await verifyApp({ app: config.app, env, given }, io);
    await (values.stdout ? toStdout : toFolders)({ config, given, env, folder }, io);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Synthesis {
  readonly config: AppConfig;
  readonly given: GivenValues;
  readonly env: Readonly<Record<string, string>>;
  /** For what goes from the program to the command. */
  readonly folder: string;
}

async function toStdout({ config, given, env, folder }: Synthesis, io: Io): Promise<void> {
  const output = await outputOf(config, folder, env, io);
  refuseValuesOfNoChart(given, output.charts.map(nameOf));
  io.out(manifestsAsText(output.manifests));
}

async function toFolders({ config, given, env, folder }: Synthesis, io: Io): Promise<void> {
  if (config.hasValidations) io.err('The validations of cdk8s.yaml run in `cdk8s synth`, not here.\n');
  const started = Date.now();
  const output = await outputOf(config, folder, env, io);
  refuseValuesOfNoChart(given, output.charts.map(nameOf));
  writeFolders([...output.manifests, ...output.beside]);
  io.out(inWords(output, (Date.now() - started) / 1000));
  const foreign = foreignManifests(output);
  if (foreign.length > 0)
    io.err(`Not from this program, but kubectl would apply it as well: ${foreign.join(', ')}\n`);
}

function nameOf({ name }: HandedChart): string {
  return name;
}
