import { isNode, type Tree } from '../template';
import { typeCheck } from './types';
import type { Walk } from './walk';

type Part = readonly [path: readonly string[], type: string];

/** Kinds of others that make pods: which of their fields are as Kubernetes itself has them. The rest is theirs to say. */
const FOREIGN: Readonly<Record<string, readonly Part[]>> = {
  'argoproj.io/Rollout': [
    [['metadata'], 'ObjectMeta'],
    [['spec', 'selector'], 'LabelSelector'],
    [['spec', 'template'], 'PodTemplateSpec'],
  ],
};

/** Holds what is known of an object of a foreign kind. @returns whether anything is. */
export function holdForeign(object: Tree, kind: string, walk: Walk): boolean {
  const parts = Object.hasOwn(FOREIGN, kind) ? FOREIGN[kind] : undefined;
  for (const [path, type] of parts ?? []) {
    const value = path.reduce<Tree | undefined>(inside, object);
    if (value === undefined || value === null || isNode(value)) continue;
    for (const step of path) walk.enter(step);
    typeCheck(type)(value, walk);
    for (const _step of path) walk.leave();
  }
  return parts !== undefined;
}

function inside(tree: Tree | undefined, field: string): Tree | undefined {
  const isPart = typeof tree === 'object' && tree !== null && !isNode(tree) && !Array.isArray(tree);
  return isPart ? (tree as { readonly [field: string]: Tree })[field] : undefined;
}
