import type { ApiObject } from 'cdk8s';
import type { Pods } from '../check';
import { evaluate, holdsNode, type Json, type Tree } from '../core/template';
import { guardsOf, inputsFor } from '../core/tree';
import { podsOf, type Surroundings } from './surroundings';
import { knownOf } from './trees';

/** What a workload is beside the others, for the default values. It is asked once, so that each rendering decides alike. */
export interface Facts {
  readonly name: string;
  readonly pods: Pods;
  readonly rights: 'some' | 'none' | 'unknown';
  readonly isServed: boolean;
}

export function factsOf(object: ApiObject, json: Tree, surroundings: Surroundings): Facts | undefined {
  const known = withDefaults(object, json);
  const pods = podsOf(known);
  if (!pods) return undefined;
  return {
    name: nameIn(known),
    pods,
    rights: surroundings.rightsOf(pods),
    isServed: surroundings.servedPorts(pods).length > 0,
  };
}

/** A tree as the default values make it; of an entry of a loop as much as is known without the entry. */
export function withDefaults(object: ApiObject, tree: Tree): Json {
  const isLooped = guardsOf(object).some(({ kind }) => kind === 'forEach');
  if (!holdsNode(tree)) return tree as Json;
  return (isLooped ? knownOf(tree) : evaluate(tree, inputsFor(object))) as Json;
}

/** The name of an object, where it has one before the installation. */
export function nameIn(json: Json | undefined): string {
  const { metadata } = (json ?? {}) as { readonly metadata?: { readonly name?: unknown } };
  return typeof metadata?.name === 'string' ? metadata.name : '(named at installation)';
}
