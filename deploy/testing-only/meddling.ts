import fc from 'fast-check';
import type { KubeObject } from '../../kube';
import type { Live } from '../cluster/cluster-api';
import { PART_OF, type Release } from '../inventory/names';
import type { ModelApi } from './model-api';

const MEDDLINGS = [
  'edit',
  'unlabel',
  'drop',
  'replace',
  'copy',
  'takeOver',
  'addField',
  'shareField',
  'changeDefault',
  'dropDefault',
  'unmutate',
] as const;

/** What others do between two runs, to the object of that number among those that are there. */
export interface Meddling {
  readonly what: (typeof MEDDLINGS)[number];
  readonly which: number;
}

const someMeddling = { what: fc.constantFrom(...MEDDLINGS), which: fc.nat(20) };
export const meddling: fc.Arbitrary<Meddling> = fc.record(someMeddling);
export const during = fc.record({ ...someMeddling, at: fc.integer({ min: 1, max: 120 }) });

/** Objects of others, in the same namespaces, with names that no set has. */
export function meddlers(model: ModelApi): Map<string, Live> {
  const foreign = new Map<string, Live>();
  for (const namespace of ['here', 'there']) {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'foreign', namespace },
      data: { a: '1' },
    };
    foreign.set(`/ConfigMap/${namespace}/foreign`, model.edit('somebody', object));
  }
  return foreign;
}

/** What carries the label of a release. */
export function ours(model: ModelApi, release: Release): Array<[string, Live]> {
  return [...model.objects].filter(([, { metadata }]) => metadata.labels?.[PART_OF] === release.id);
}

/**
 * What others do. What they have made theirs is theirs until a set asks for that very name again.
 *
 * @returns the key of the object
 */
export function meddle(
  model: ModelApi,
  release: Release,
  { what, which }: Meddling,
  foreign: Map<string, Live>,
): string[] {
  const all = ours(model, release);
  const [key, live] = all[which % Math.max(1, all.length)] ?? [];
  if (key === undefined || live === undefined) return [];
  const { apiVersion, kind, metadata } = live;
  const { name, namespace } = metadata;
  const target = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  if (what === 'edit') model.edit('somebody', { ...target, data: { value: 'theirs' } } as KubeObject);
  if (what === 'addField') model.edit('somebody', { ...target, data: { extra: 'theirs' } } as KubeObject);
  if (what === 'shareField') shareFields(model, release, foreign);
  // A field that the server has filled in, and one that a webhook has set while it was there.
  if (what === 'changeDefault') model.edit('somebody', { ...target, defaulted: 'theirs' } as KubeObject);
  if (what === 'dropDefault') model.edit('somebody', { ...target, defaulted: null } as unknown as KubeObject);
  if (what === 'unmutate') {
    const annotations = { mutated: null as unknown as string };
    model.edit('somebody', { ...target, metadata: { ...target.metadata, annotations } });
  }
  if (what === 'unlabel') unlabel(model, target, null);
  if (what === 'takeOver') unlabel(model, target, 'applyset-other-v1');
  if (['drop', 'replace', 'copy'].includes(what)) model.drop(key);
  if (what === 'replace') model.edit('somebody', { ...target, data: { other: 'theirs' } } as KubeObject);
  // With all labels of ours, as a backup that is restored has them.
  if (what === 'copy') {
    const { labels } = metadata;
    model.edit('somebody', { ...target, metadata: { ...target.metadata, labels } } as KubeObject);
  }
  const now = model.objects.get(key);
  const isForeign = foreign.has(key) || ['unlabel', 'takeOver', 'replace', 'copy'].includes(what);
  if (!now) foreign.delete(key);
  else if (isForeign) foreign.set(key, now);
  return [key];
}

/** The very values that a set may say next, of which both are owners then; in every ConfigMap, so that one is met. */
function shareFields(model: ModelApi, release: Release, foreign: ReadonlyMap<string, Live>): void {
  for (const [key, { apiVersion, kind, metadata }] of ours(model, release)) {
    if (kind !== 'ConfigMap' || foreign.has(key)) continue;
    const { name, namespace = '' } = metadata;
    const object = { apiVersion, kind, metadata: { name, namespace }, data: { only1: 'x', only2: 'x' } };
    model.edit('somebody', object as KubeObject);
  }
}

function unlabel(model: ModelApi, target: KubeObject, value: string | null): void {
  const labels = { [PART_OF]: value as string };
  model.edit('somebody', { ...target, metadata: { ...target.metadata, labels } });
}
