import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { asVariables, type HandedValues } from '../core/synth';
import type { JsonObject } from '../core/template';
import { DrydockError, nearest, yamlProblem } from '../errors';

/** The values files of a command line, each `FILE` or `CHART=FILE`. */
export interface GivenValues {
  /** The variable that tells the app. */
  readonly env: Readonly<Record<string, string>>;
  /** The charts that a file was given for, with the file. */
  readonly charts: ReadonlyMap<string, string>;
}

const EVERY_CHART = '*';

/** Reads the values files of a command line, and hands them to the app as one file. */
export function givenValues(files: readonly string[], folder: string): GivenValues {
  if (files.length === 0) return { env: {}, charts: new Map() };
  const byChart: Record<string, JsonObject> = {};
  const fileOf: Record<string, string> = {};
  for (const given of files) {
    const [, chart = EVERY_CHART, file] = /^(?:([a-z][a-z0-9-]*)=)?(.+)$/.exec(given) ?? [];
    byChart[chart] = readValues(file as string);
    fileOf[chart] = file as string;
  }
  const handed = path.join(folder, 'given-values.json');
  writeFileSync(handed, JSON.stringify({ values: byChart, valuesFrom: fileOf } satisfies HandedValues));
  const { [EVERY_CHART]: _, ...named } = fileOf;
  return { env: asVariables({ valuesFile: handed }), charts: new Map(Object.entries(named)) };
}

/** Refuses values for a chart that the app does not have: it would run without them, and nothing would say so. */
export function refuseValuesOfNoChart({ charts }: GivenValues, known: readonly string[]): void {
  for (const [chart, file] of charts) {
    if (known.includes(chart)) continue;
    const near = nearest(chart, known);
    throw new DrydockError('VALUES_OF_NO_CHART', {
      where: `--values ${chart}=${file}`,
      found: `"${chart}"${near === undefined ? '' : `, did you mean ${near}?`}`,
      expected:
        known.length === 0
          ? 'no values, the app has no HelmChart'
          : `a chart of the app: ${known.join(', ')}`,
      remedy:
        'Name one of them; values of a subchart are given to its outermost chart, under the key of the subchart.',
    });
  }
}

function readValues(file: string): JsonObject {
  const values = parsed(textOf(file), file);
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) return values as JsonObject;
  throw unreadable(file, values === null ? 'nothing' : 'no map of values');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, (error as Error).message);
  }
}

/** What is wrong with the file is told by its place alone: its lines may be secrets. */
function parsed(text: string, file: string): unknown {
  try {
    // The YAML of helm's reader: `yes` and `0777` mean there what they mean here.
    const document = parseDocument(text, { version: '1.1', logLevel: 'silent' });
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  } catch (error) {
    throw unreadable(file, yamlProblem(error));
  }
}

function unreadable(file: string, found: string): DrydockError {
  return new DrydockError('VALUES_FILE', {
    where: file,
    found,
    expected: 'a YAML file with values, as for helm install -f',
    remedy: 'Fix the file or its name.',
  });
}
