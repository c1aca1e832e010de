import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { type Chart, App as StockApp } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeObjectJson } from '../../check';
import { App, Testing } from '../../core/synth';
import type { HelmChart } from '../../core/tree';

/** One program of a comparison, and what it comes to. */
export interface Contender {
  readonly title: string;
  readonly files: readonly string[];
  readonly objects: readonly KubeObjectJson[];
  /** How many values can be set at installation. */
  readonly values: number;
  readonly hasSchema: boolean;
}

/** What is written three times. */
export interface Subject {
  /** The folder beside this file: `helm/`, `cdk8s-plus.ts`, `drydock.ts`. */
  readonly folder: string;
  readonly title: string;
  readonly about: string;
  readonly plus: (app: StockApp) => Chart;
  readonly drydock: (app: App) => HelmChart;
  /** What is given at installation where there are values. */
  readonly given?: object;
  /** The same for the chart by hand, where its values are called otherwise. */
  readonly givenByHand?: object;
  /** What others provide, for `check`. */
  readonly provided?: readonly KubeObjectJson[];
  /** What the program is to do, and how it is seen in its objects. */
  readonly features: readonly (readonly [string, (objects: readonly KubeObjectJson[]) => boolean])[];
}

/** By hand for Helm, with cdk8s-plus, and with this library; both charts are rendered by helm. */
export function contendersOf(subject: Subject, helm: string): Contender[] {
  const folder = join(__dirname, subject.folder);
  const byHand = join(folder, 'helm');
  const chart = subject.drydock(new App({ outdir: 'unused' }));
  return [
    {
      title: 'Helm, by hand',
      files: filesBelow(byHand),
      objects: rendered(helm, byHand, subject.givenByHand ?? subject.given),
      values: leavesOf(parse(readFileSync(join(byHand, 'values.yaml'), 'utf8'))),
      hasSchema: filesBelow(byHand).some((file) => file.endsWith('values.schema.json')),
    },
    {
      title: 'cdk8s-plus-34',
      files: [join(folder, 'cdk8s-plus.ts')],
      objects: subject.plus(new StockApp({ outdir: 'unused' })).toJson(),
      values: 0,
      hasSchema: false,
    },
    { title: 'cdk8s-drydock', files: [join(folder, 'drydock.ts')], ...ofChart(helm, chart, subject.given) },
  ];
}

function ofChart(helm: string, chart: HelmChart, given: object | undefined) {
  const files = Object.entries(Testing.helmChart(chart));
  const folder = mkdtempSync(join(os.tmpdir(), 'drydock-side-by-side-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const schema = JSON.parse(readFileSync(join(folder, 'values.schema.json'), 'utf8'));
    return { objects: rendered(helm, folder, given), values: leavesOfSchema(schema), hasSchema: true };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rendered(helm: string, folder: string, given: object = {}): KubeObjectJson[] {
  const set = Object.entries(given).flatMap(([key, json]) => [
    '--set-json',
    `${key}=${JSON.stringify(json)}`,
  ]);
  const text = execFileSync(helm, ['template', 'release', folder, '--kube-version', '1.34.0', ...set], {
    encoding: 'utf8',
  });
  return parseAllDocuments(text)
    .map((one) => one.toJS() as KubeObjectJson | null)
    .filter((one) => one !== null);
}

export function linesOf(files: readonly string[]): number {
  return files.flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter((line) => line.trim() !== '')
    .length;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function leavesOf(json: unknown): number {
  const entries =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.values(json) : [];
  return entries.length === 0 ? 1 : entries.map(leavesOf).reduce((sum, count) => sum + count, 0);
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** What every chart of this library has, beside what its author declares. */
const OF_EVERY_CHART = ['global', 'enabled', 'nameOverride', 'fullnameOverride'];

function leavesOfSchema({ properties }: Schema, isTop = true): number {
  if (!properties) return 1;
  return Object.entries(properties)
    .filter(([key]) => !isTop || !OF_EVERY_CHART.includes(key))
    .map(([, inner]) => leavesOfSchema(inner, false))
    .reduce((sum, count) => sum + count, 0);
}
