import { readFileSync } from 'node:fs';
import type { JsonObject } from '../template';
import { LITERALS_VARIABLE } from '../values';

/** What `drydock` asks of the Apps of a program that it runs. Nothing else that the environment says changes what an App does. */
export interface DriverRequest {
  /** The environment that plain YAML is for; people set this one too. */
  readonly env?: string;
  /** Where Helm charts go; people set this one too. */
  readonly chartsOutdir?: string;
  /** Whether to write what `cdk8s synth --validate` asks for. */
  readonly recordsConstructs?: boolean;
  /** A file with values for plain YAML. */
  readonly valuesFile?: string;
  /** Hand over what would be written, and write nothing. */
  readonly handover?: HandoverRequest;
  /** Say in this file what would be written, and write nothing. */
  readonly dumpFile?: string;
  /** Say in this file what the values reach, and write nothing. */
  readonly explanationFile?: string;
  /** Run with the literals in this file in the place of values: read by `defineValues`, before there is an App. */
  readonly literalsFile?: string;
}

/** What the command tells the Apps of the program. */
export interface HandoverRequest {
  /** Where each App leaves its file. */
  readonly folder: string;
  /** The output folder where an App names none: `output` of cdk8s.yaml, or `dist`. */
  readonly output: string;
  /** The output folder that the command line names; it comes before what an App says. */
  readonly named?: string;
}

/** Values for plain YAML by the name of the chart, under `*` for every chart, and the files that they come from. */
export interface HandedValues {
  readonly values?: Readonly<Record<string, JsonObject>>;
  readonly valuesFrom?: Readonly<Record<string, string>>;
}

const VARIABLES = {
  env: 'DRYDOCK_ENV',
  chartsOutdir: 'DRYDOCK_CHARTS_OUTDIR',
  recordsConstructs: 'CDK8S_RECORD_CONSTRUCT_METADATA',
  valuesFile: 'DRYDOCK_VALUES',
  handover: 'DRYDOCK_HANDOVER',
  dumpFile: 'DRYDOCK_DUMP',
  explanationFile: 'DRYDOCK_EXPLAIN',
  literalsFile: LITERALS_VARIABLE,
} as const satisfies Record<keyof DriverRequest, string>;

/** What the environment of this process asks for. */
export function driverRequest(environment: NodeJS.ProcessEnv = process.env): DriverRequest {
  const said = (name: keyof DriverRequest) => environment[VARIABLES[name]] || undefined;
  const handover = said('handover');
  return {
    env: said('env'),
    chartsOutdir: said('chartsOutdir'),
    recordsConstructs: said('recordsConstructs') === 'true',
    valuesFile: said('valuesFile'),
    handover: handover === undefined ? undefined : (JSON.parse(handover) as HandoverRequest),
    dumpFile: said('dumpFile'),
    explanationFile: said('explanationFile'),
    literalsFile: said('literalsFile'),
  };
}

/** The variables that ask a child process for it. */
export function asVariables(request: DriverRequest): Record<string, string> {
  const entries = Object.entries(request)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [
      VARIABLES[name as keyof DriverRequest],
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
  return Object.fromEntries(entries);
}

/** The values that a request hands on; none where it names no file. */
export function handedValues({ valuesFile }: DriverRequest): HandedValues {
  return valuesFile ? (JSON.parse(readFileSync(valuesFile, 'utf8')) as HandedValues) : {};
}
