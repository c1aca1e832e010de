import { DEFAULT_EPHEMERAL_STORAGE } from '../../constructs/workload/resources';
import { quantityOf } from '../../core/schema';
import { isNode, type Tree } from '../../core/template';
import type { ContainerPlace, PodEdit } from '../pod-edit';
import type { Settings } from '../settings';

const DISK = 'ephemeral-storage';

/** Requests and limits, where a container has none. A limit is never below what is requested, nor a request above a limit. */
export function amounts(edit: PodEdit, { at, name }: ContainerPlace, settings: Settings): void {
  // The pod as a whole has amounts of its own.
  if (edit.get('resources') !== undefined) return;
  const { cpu, cpuLimit, memory, ephemeralStorage: disk = DEFAULT_EPHEMERAL_STORAGE } = settings.resources;
  const field = [...at, 'resources'];
  const of = (side: 'requests' | 'limits', resource: string) => missing(edit.get(...field, side, resource));
  const set = (side: 'requests' | 'limits', resource: string, to: Tree) =>
    edit.set('resources', [...field, side, resource], to, name);
  let isSet = false;
  const fill = (resource: string, request: Tree, limit: Tree) => {
    const [requested, limited] = [of('requests', resource), of('limits', resource)];
    if (limited === undefined && limit !== undefined)
      isSet = set('limits', resource, larger(limit, requested)) || isSet;
    if (requested === undefined) isSet = set('requests', resource, smaller(request, limited)) || isSet;
  };
  fill('cpu', cpu as Tree, cpuLimit as Tree);
  fill('memory', memory as Tree, memory as Tree);
  fill(DISK, disk as Tree, disk as Tree);
  if (!isSet || !settings.isResourcesGuess) return;
  edit.find(
    'resources',
    field,
    `How much it needs is not known; with more than ${memory} of memory it is killed.`,
    'Answer `resources` for it, or write its requests and limits.',
    name,
  );
}

/** The server reads a limit of zero as none. */
function missing(amount: Tree): Tree {
  return amount === null || (!isNode(amount) && quantityOf(amount) === 0) ? undefined : amount;
}

function larger(one: Tree, other: Tree): Tree {
  if (other === undefined) return one;
  return isNode(other) || Number(quantityOf(other)) > Number(quantityOf(one)) ? other : one;
}

function smaller(one: Tree, other: Tree): Tree {
  if (other === undefined) return one;
  return isNode(other) || Number(quantityOf(other)) < Number(quantityOf(one)) ? other : one;
}
