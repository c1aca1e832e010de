import type { ApiObject } from 'cdk8s';
import {
  type Bindings,
  bindEach,
  DrydockError,
  evaluate,
  holdsNode,
  type Inputs,
  type JsonObject,
  standInsExist,
  type Tree,
} from '../template';
import type { GuardedObject } from './guarded-object';
import { applyingGuards, guardsOf } from './guards';
import { helmChartOf } from './inputs';
import { inStockOrder } from './key-order';
import { KubeObject } from './kube-object';
import { manifestOf } from './manifest';
import { releaseSafe } from './selectors';
import { placeOf, recognise } from './stand-ins';

export function guardedObject(object: ApiObject): GuardedObject {
  const guards = guardsOf(object);
  if (object instanceof KubeObject) return { object, tree: applyingGuards(() => object.template()), guards };
  const json = applyingGuards(() => object.toJson()) as JsonObject;
  // Outside of a HelmChart stock cdk8s has the word, and writes what it is given.
  if (helmChartOf(object)) manifestOf(json as Tree, placeOf(object));
  const tree = releaseSafe(object, standInsExist() ? recognise(object, json) : json);
  return tree !== json && holdsNode(tree)
    ? { object, tree, guards }
    : { object, tree, guards, literal: { json } };
}

/** The template tree of any object: ours keep theirs, others are read from the JSON that they render. */
export function templateOf(object: ApiObject): Tree {
  return guardedObject(object).tree;
}

/** The plain objects that one object comes to: none under a condition that is false, several in a loop. */
export function render({ object, tree, guards, literal }: GuardedObject, inputs: Inputs): JsonObject[] {
  if (literal && guards.length === 0) return [literal.json];
  const result: JsonObject[] = [];
  const visit = (at: number, bindings: Bindings): void => {
    const guard = guards[at];
    if (!guard) result.push(literal?.json ?? inStockOrder(evaluate(tree, inputs, bindings) as JsonObject));
    else if (guard.kind === 'forEach')
      bindEach(guard.over, guard.loop, inputs, bindings, (inner) => visit(at + 1, inner));
    else if (evaluate(guard.cond, inputs, bindings)) visit(at + 1, bindings);
  };
  visit(0, new Map());
  if (guards.some(({ kind }) => kind === 'forEach')) checkNames(object, result);
  return result;
}

function checkNames(object: ApiObject, rendered: readonly JsonObject[]): void {
  const names = rendered.map((one) => (one.metadata as { readonly name?: string }).name);
  // In most loops all are of one kind.
  const known = rendered.map(({ kind }, index) => `${kind}/${names[index]}`);
  if (new Set(known).size === known.length) return;
  const twice = names[known.findIndex((one, index) => known.indexOf(one) !== index)];
  throw new DrydockError('DUPLICATE_OBJECT', {
    where: placeOf(object),
    found: `the name ${twice} for two entries of the loop`,
    expected: 'a name for every entry',
    remedy: 'Put the entry into metadata.name, and let the list hold each name once.',
  });
}
