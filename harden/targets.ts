import { podTemplatePath } from '../check/inventory';
import { holdAgainstSchema } from '../core/schema';
import type { Tree } from '../core/template';
import type { WorkloadKind } from './options';
import { isMap, mapsIn, type Part } from './trees';

/** An object that makes pods, inside of the tree that a construct renders. */
export interface Target {
  readonly kind: WorkloadKind;
  /** The object itself; its parts are changed in place. */
  readonly object: Part;
  /** Where it is in the tree: nowhere, or in a list of objects. */
  readonly inside: readonly (string | number)[];
  /** The steps from the object to the spec of its pods. */
  readonly at: readonly string[];
  readonly spec: Part;
}

/** Something that seems to make pods, and cannot be hardened. */
export interface Unreadable {
  readonly object: Part;
  readonly inside: readonly (string | number)[];
  readonly field: string;
  readonly why: string;
  readonly fix: string;
}

export interface Found {
  readonly targets: readonly Target[];
  readonly unreadable: readonly Unreadable[];
}

const GROUPS = new Set(['v1', 'apps/v1', 'batch/v1']);

/** Whether a kind is one that makes pods. */
export function makesPods(apiVersion: string, kind: string): boolean {
  return GROUPS.has(apiVersion) && kind !== 'PodTemplate' && podTemplatePath(kind) !== undefined;
}

/** The objects of a tree that make pods: the tree itself, or what is in a list of objects. */
export function targetsIn(tree: Tree, inside: readonly (string | number)[] = []): Found {
  if (!isMap(tree)) return { targets: [], unreadable: [] };
  if (tree.kind === 'List' && Array.isArray(tree.items)) {
    const found = mapsIn(tree.items).map(({ part, index }) => targetsIn(part, [...inside, 'items', index]));
    return {
      targets: found.flatMap(({ targets }) => targets),
      unreadable: found.flatMap(({ unreadable }) => unreadable),
    };
  }
  if (!makesPods(String(tree.apiVersion), String(tree.kind)))
    return { targets: [], unreadable: elsewhere(tree, inside) };
  const at = [...(podTemplatePath(String(tree.kind)) ?? []), 'spec'];
  const spec = at.reduce<Tree>((part, key) => (isMap(part) ? part[key] : undefined), tree);
  // What the server refuses is no ground to build on; synthesis and `check` say what is wrong.
  if (isMap(spec) && holdAgainstSchema(tree, { isPartial: true }).isTyped)
    return {
      targets: [{ kind: tree.kind as WorkloadKind, object: tree, inside, at, spec }],
      unreadable: [],
    };
  const why = isMap(spec)
    ? 'Its fields have not the types that Kubernetes knows, so it is left as it is.'
    : 'The spec of its pods is an expression, or is not there, so it is left as it is.';
  const fix = isMap(spec)
    ? 'Fix the object; `drydock check` says what is wrong.'
    : 'Write the spec as an object with expressions inside.';
  return { targets: [], unreadable: [{ object: tree, inside, field: at.join('.'), why, fix }] };
}

/** Kinds of others that make pods: each has ways of its own. */
function elsewhere(tree: Part, inside: readonly (string | number)[]): Unreadable[] {
  const template = ['spec', 'template', 'spec'].reduce<Tree>(
    (part, key) => (isMap(part) ? part[key] : undefined),
    tree,
  );
  if (tree.kind !== 'PodTemplate' && !(isMap(template) && Array.isArray(template.containers))) return [];
  return [
    {
      object: tree,
      inside,
      field: tree.kind === 'PodTemplate' ? 'template.spec' : 'spec.template.spec',
      why: `It seems to make pods, and ${String(tree.kind)} of ${String(tree.apiVersion)} is a kind that is not known here.`,
      fix: 'Harden it by hand, or say with an exception why it may stay.',
    },
  ];
}
