import { existsSync } from 'node:fs';
import { check, describeFindings, type PodSecurityLevel, readObjects, readWaivers } from '../check';
import { folderBeside } from '../core/synth';
import { type Command, UsageError } from './command';
import { parseOptions } from './parse-options';
import { configuredOutput } from './synth-config';

const HELP = `Usage: drydock check [PATH ...] [options]

Reads manifests (a folder or a file; by default what \`synth\` writes: the output of cdk8s.yaml, or dist) or a Helm chart
(needs helm on the PATH), and says what will not run, or not for long: each finding with its object, field, reason and what to do. Exits with 1 when there is one.

  --level LEVEL     Pod Security level: privileged, baseline or restricted (default restricted)
  --network-plugin NAME  cilium: address ranges do not count for the API server, as Cilium has it
  --waivers FILE    JSON: a list of { "rule", "object", "namespace" if it names one, "reason" }
  --provided PATH   what others install: Secrets that pods name, pods that policies name; may be repeated
                    (by default the secrets that \`synth\` writes beside the manifests, where no PATH is given)
  --values FILE     values for charts; may be repeated
  --json            print the findings as JSON
`;

const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted'];

const options = {
  level: { type: 'string', default: 'restricted' },
  'network-plugin': { type: 'string' },
  waivers: { type: 'string' },
  provided: { type: 'string', multiple: true },
  values: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

/** `drydock check`. */
export const checkCommand: Command = async (argv, io) => {
  const { values, positionals } = parseOptions('check', argv, options, true);
  if (values.help) {
    io.out(HELP);
    return 0;
  }
  if (!LEVELS.includes(values.level))
    throw new UsageError(
      `--level takes one of ${LEVELS.join(', ')}, not "${values.level}"`,
      'drydock check --help',
    );
  const networkPlugin = values['network-plugin'];
  if (networkPlugin !== undefined && networkPlugin !== 'cilium')
    throw new UsageError(
      `--network-plugin takes cilium, not "${networkPlugin}"; others need no option`,
      'drydock check --help',
    );
  const isDefault = positionals.length === 0;
  const sources = isDefault ? [configuredOutput(process.cwd())] : positionals;
  const objects = sources.flatMap((source) => readObjects(source, values.values ?? []));
  const provided = values.provided ?? (isDefault ? secretsBeside(sources[0] as string) : []);
  const findings = check(objects, {
    level: values.level as PodSecurityLevel,
    networkPlugin,
    provided: provided.flatMap((source) => readObjects(source)),
    waivers: values.waivers === undefined ? [] : readWaivers(values.waivers),
  });
  if (values.json) io.out(`${JSON.stringify(findings, undefined, 2)}\n`);
  else {
    io.out(describeFindings(findings));
    io.err(
      `${objects.length} objects, ${findings.length === 0 ? 'no findings' : `${findings.length} findings`}\n`,
    );
  }
  return findings.length > 0 ? 1 : 0;
};

/** Where `synth` writes which Secrets the manifests need. */
function secretsBeside(manifests: string): string[] {
  const folder = folderBeside(manifests, 'secrets');
  return existsSync(folder) ? [folder] : [];
}
