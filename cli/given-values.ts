import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { DrydockError, type JsonObject } from '../core/template';

/**
 * Reads the values files of a command line, each `FILE` or `CHART=FILE`, and hands them to the app as one file.
 *
 * @returns the variable that tells the app
 */
export function givenValues(files: readonly string[], folder: string): Record<string, string> {
  if (files.length === 0) return {};
  const byChart: Record<string, JsonObject> = {};
  for (const given of files) {
    const [, chart = '*', file] = /^(?:([a-z][a-z0-9-]*)=)?(.+)$/.exec(given) ?? [];
    byChart[chart] = readValues(file as string);
  }
  const handed = path.join(folder, 'given-values.json');
  writeFileSync(handed, JSON.stringify(byChart));
  return { DRYDOCK_VALUES: handed };
}

function readValues(file: string): JsonObject {
  let values: unknown;
  try {
    // The YAML of helm's reader: `yes` and `0777` mean there what they mean here.
    values = parse(readFileSync(file, 'utf8'), { version: '1.1' });
  } catch (error) {
    throw unreadable(file, (error as Error).message);
  }
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) return values as JsonObject;
  throw unreadable(file, 'no map of values');
}

function unreadable(file: string, found: string): DrydockError {
  return new DrydockError('VALUES_FILE', {
    where: file,
    found,
    expected: 'a YAML file with values, as for helm install -f',
    remedy: 'Correct the file or its name.',
  });
}
