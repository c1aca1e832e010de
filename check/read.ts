import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { DrydockError, printedJson, yamlProblem } from '../errors';
import type { KubeObjectJson } from './finding';

import { asKubectl } from './yaml/scalars';
import { refuseUnsound } from './yaml/unsound';

/** The objects of a folder of manifests, of one file, or of a Helm chart with the values of the named files. */
export function readObjects(source: string, valueFiles: readonly string[] = []): KubeObjectJson[] {
  return readManifests(source, { valueFiles }).map(({ object }) => object);
}

/** An object as it was read, and the file that it is in. */
export interface ReadObject {
  readonly object: KubeObjectJson;
  readonly from: string;
}

export interface ReadHow {
  readonly valueFiles?: readonly string[];
  /** More arguments of `helm template`. */
  readonly helm?: readonly string[];
  /** Makes the error of what cannot be read. @default - what a check says */
  readonly refuse?: Refuse;
  /** Integers that no number of JavaScript holds are read as `bigint`, for who sends them on. @default false */
  readonly keepsIntegers?: boolean;
}

/** Where it is, what was found, what was expected, what to do. */
export type Refuse = (where: string, found: string, expected: string, remedy: string) => DrydockError;

/** The same, with where each was read. */
export function readManifests(source: string, how: ReadHow = {}): ReadObject[] {
  const { refuse = unreadable, keepsIntegers } = how;
  if (!existsSync(source))
    throw refuse(source, 'nothing', 'a folder or file', 'Synthesize first, or name another path.');
  const objects = isChart(source)
    ? parseManifests(template(source, how), source, refuse, keepsIntegers)
    : filesOf(source, refuse).flatMap((file) =>
        parseManifests(readFileSync(file, 'utf8'), file, refuse, keepsIntegers),
      );
  // What has nothing in it is not sound: most often it is the wrong file.
  if (objects.length === 0)
    throw refuse(source, 'no object', 'manifests or a chart', 'Synthesize first, or name another path.');
  return objects;
}

function filesOf(source: string, refuse: Refuse): string[] {
  const files = statSync(source).isDirectory() ? manifestsIn(source) : [source];
  if (files.length > 0) return files;
  throw refuse(
    source,
    'no file of YAML or JSON',
    'manifests or a chart',
    'Synthesize first, or name another path.',
  );
}

function isChart(source: string): boolean {
  return source.endsWith('.tgz') || existsSync(path.join(source, 'Chart.yaml'));
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const at = path.join(folder, entry.name);
      // A chart inside a folder of output has templates, which are no YAML.
      if (entry.isDirectory()) return isChart(at) ? [] : manifestsIn(at);
      return /\.(ya?ml|json)$/.test(entry.name) ? [at] : [];
    });
}

function template(chart: string, how: ReadHow): string {
  const { valueFiles = [], helm = ['release'] } = how;
  try {
    const values = valueFiles.flatMap((file) => ['--values', file]);
    return execFileSync('helm', ['template', ...helm, chart, ...values], {
      encoding: 'utf8',
      // Named, because jest gives each test an environment of its own, which is not the default here.
      env: process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
    });
  } catch (cause) {
    throw notRendered(chart, how, cause as { readonly code?: string; readonly stderr?: string });
  }
}

/** Helm quotes what was given, so its words are told only where nothing was. */
function notRendered(
  chart: string,
  { valueFiles = [], refuse = unreadable }: ReadHow,
  { code, stderr = '' }: { readonly code?: string; readonly stderr?: string },
): DrydockError {
  const expected = 'a chart that `helm template` renders with these values';
  if (code === 'ENOENT')
    return refuse(chart, 'no helm on the PATH', expected, 'Install helm, or name plain manifests instead.');
  if (valueFiles.length === 0)
    return refuse(
      chart,
      `what helm says: ${stderr.trim()}`,
      expected,
      'Fix the chart, or name a file of values (`--values`).',
    );
  const command = ['helm template release', chart, ...valueFiles.map((file) => `--values ${file}`)].join(' ');
  return refuse(
    chart,
    'an error of helm, which is not shown: it may quote the values',
    expected,
    `See what helm says: ${command}`,
  );
}

/** The objects of a text of YAML documents. */
export function parseManifests(
  text: string,
  where: string,
  refuse: Refuse = unreadable,
  keepsIntegers = false,
): ReadObject[] {
  const documents = jsonIn(text, where, refuse, keepsIntegers);
  return documents.flatMap((object, index) => {
    // Between two separators, or in a file of comments: kubectl passes over it too.
    if (object === null) return [];
    const from = documents.length > 1 ? `${where} document ${index + 1}` : where;
    if (typeof object === 'object' && !Array.isArray(object))
      return [{ object: object as KubeObjectJson, from }];
    throw refuse(
      from,
      Array.isArray(object) ? 'a list' : `a ${typeof object === 'string' ? 'text' : typeof object}`,
      'an object with apiVersion, kind and metadata',
      'Name files of manifests only.',
    );
  });
}

/** Each document as JSON. What is wrong with a file is told by its place alone: its lines may be secrets. */
function jsonIn(text: string, where: string, refuse: Refuse, keepsIntegers: boolean): unknown[] {
  const written = printedJson(text);
  if (written !== undefined) return [written];
  try {
    const lineCounter = new LineCounter();
    const how = { version: '1.1', logLevel: 'silent', customTags: asKubectl, uniqueKeys: false } as const;
    const options = { ...how, lineCounter, intAsBigInt: keepsIntegers };
    const documents = parseAllDocuments(text, options).map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      refuseUnsound(document, lineCounter);
      return document.toJS({ maxAliasCount: -1 }) as unknown;
    });
    return documents.map(asPlain);
  } catch (error) {
    throw refuse(where, yamlProblem(error), 'YAML', 'Fix the file.');
  }
}

/** What is too large for a number of JavaScript passes through under a mark. */
function asPlain(document: unknown): unknown {
  const marked = JSON.stringify(document ?? null, (_key, one: unknown) => {
    if (typeof one !== 'bigint') return one;
    return Number.isSafeInteger(Number(one)) ? Number(one) : `${LARGE}${one}`;
  });
  if (!marked.includes(LARGE)) return JSON.parse(marked);
  return JSON.parse(marked, (_key, one: unknown) =>
    typeof one === 'string' && one.startsWith(LARGE) ? BigInt(one.slice(LARGE.length)) : one,
  );
}

/** New in every process, so that no text of a file is taken for it. */
const LARGE = `integer-${randomUUID()}:`;

/** Why something that a check needs cannot be read. */
export function unreadable(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('CANNOT_CHECK', { where, found, expected, remedy });
}
