import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../core/template';
import { EXAMPLES, outputIn, runExample } from './examples';

export const RESTRICTED = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

export const DRY_RUN = [
  'apply',
  '--server-side',
  '--force-conflicts',
  '--validate=strict',
  '--dry-run=server',
  '-f',
  '-',
];

/** The objects of every example, which is run in a folder of its own below this one. */
export function exampleObjects(folder: string): readonly JsonObject[] {
  return EXAMPLES.flatMap((example) => {
    const to = mkdtempSync(path.join(folder, 'example-'));
    runExample(example, to);
    return outputIn(to).objects as JsonObject[];
  });
}

/** Nothing is kept of a dry-run, so what belongs to a namespace that a chart makes is tried in that of the test. */
function inOneNamespace(object: JsonObject): JsonObject {
  const { namespace, ...metadata } = object.metadata as JsonObject;
  return { ...object, metadata };
}

export function listOf(items: readonly JsonObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.map(inOneNamespace) });
}

/** The same with a field that no server knows: the control of what is accepted. */
export function misspelt(text: string): string {
  return text.replace('"replicas"', '"replcas"');
}

/** The accounts that pods name: a pod is refused without its own, and a dry-run makes none. */
export function accountsOfPods(items: readonly JsonObject[]): ReadonlySet<string> {
  const pods = items.filter(({ kind }) => kind === 'Pod');
  return new Set(
    pods.flatMap(({ spec }) => (spec as { readonly serviceAccountName?: string }).serviceAccountName ?? []),
  );
}
