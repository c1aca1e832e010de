import { readFileSync } from 'node:fs';
import { parseManifests, type ReadObject, readManifests } from '../../check/read';
import { DrydockError } from '../../errors';
import type { Io } from '../command';

/** What a set of objects is read from. */
export interface Source {
  /** Files, folders, charts, and `-` for the standard input. None is the app of cdk8s.yaml. */
  readonly paths: readonly string[];
  /** Files of values, for charts. */
  readonly values?: readonly string[] | undefined;
  readonly release: string;
  readonly namespace?: string | undefined;
}

/** The objects of a set, and where each was read, as a Deployer takes them. */
export interface ReadSet {
  readonly objects: readonly ReadObject['object'][];
  readonly from: readonly string[];
  /** Where charts of cdk8s depend on each other: it numbers their files in that order. */
  readonly groups?: readonly number[];
}

/** Reads all objects of a set. What cannot be read ends it: a part of a set is never taken for the whole. */
export async function readSet(source: Source, io: Io): Promise<ReadSet> {
  const read = source.paths.length === 0 ? await ofApp(source, io) : ofPaths(source);
  const groups = read.map(({ from }) => numberOf(from));
  return {
    objects: read.map(({ object }) => object),
    from: read.map(({ from }) => from),
    ...(groups.some((group) => group > 0) ? { groups } : {}),
  };
}

/** `0002-shop.k8s.yaml` is the third chart; 0 for what has no number. */
function numberOf(from: string): number {
  const [, number = 0] = /(?:^|[/\\])(\d{4})-[^/\\]*\.k8s\.yaml/.exec(from) ?? [];
  return Number(number);
}

function ofPaths({ paths, release, namespace, values = [] }: Source): ReadObject[] {
  const inNamespace = namespace === undefined ? [] : ['--namespace', namespace];
  // Tests of a chart are no part of what it installs.
  const helm = [release, '--include-crds', '--skip-tests', ...inNamespace];
  return paths.flatMap((one) =>
    one === '-'
      ? ofInput(readFileSync(0, 'utf8'))
      : readManifests(one, { valueFiles: values, helm, refuse: unreadable, keepsIntegers: true }),
  );
}

function ofInput(text: string): ReadObject[] {
  const objects = parseManifests(text, 'standard input', unreadable, true);
  if (objects.length > 0) return objects;
  throw unreadable('standard input', 'no object', 'manifests', 'Look at what writes to it.');
}

/** Loaded when there is an app to run: cdk8s and the printer of charts are most of what there is to load. */
function ofApp({ values = [] }: Source, io: Io): Promise<ReadObject[]> {
  const { objectsOfApp }: typeof import('./app-objects') = require('./app-objects');
  return objectsOfApp(values, io);
}

export function unreadable(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('MANIFESTS_UNREADABLE', { where, found, expected, remedy });
}
