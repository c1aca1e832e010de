import { Node as ConstructNode, type IConstruct } from 'constructs';
import { DrydockError, type Loop, type Node } from '../template';

/** Why an object may be missing or be there several times. */
export type Guard =
  | { readonly kind: 'when'; readonly cond: Node }
  | { readonly kind: 'forEach'; readonly over: Node; readonly loop: Loop };

const guardsOfConstruct = new WeakMap<IConstruct, readonly Guard[]>();
let active: readonly Guard[] = [];

/** The conditions and loops that a construct was made under, outermost first. */
export function guardsOf(construct: IConstruct): readonly Guard[] {
  return guardsOfConstruct.get(construct) ?? [];
}

/**
 * Runs the callback so that every construct made meanwhile is under the guard, wherever in the tree it lands:
 * cdk8s-plus puts the objects of `exposeViaService` and `connections.allowTo` outside of the caller's scope.
 */
export function underGuard<R>(guard: Guard, callback: () => R): R {
  const outer = active;
  active = [...outer, guard];
  const stopWatching = outer.length === 0 ? watchNewConstructs() : undefined;
  try {
    return callback();
  } finally {
    stopWatching?.();
    active = outer;
  }
}

interface WithAddChild {
  addChild(child: IConstruct, name: string): void;
}

/**
 * `constructs` has no event for a new construct. Every one passes through its parent's `addChild`, so that is
 * watched, only while a callback runs; looking through the whole tree before and after would be quadratic.
 */
function watchNewConstructs(): () => void {
  const prototype = ConstructNode.prototype as unknown as WithAddChild;
  const original = prototype.addChild;
  if (typeof original !== 'function') {
    throw new TypeError(
      'this version of the package constructs has no Node.addChild; use one that package.json names',
    );
  }
  prototype.addChild = function addChild(this: WithAddChild, child: IConstruct, name: string): void {
    original.call(this, child, name);
    guardsOfConstruct.set(child, active);
  };
  return () => {
    prototype.addChild = original;
  };
}

let guardsAreApplied = false;

/** While the callback runs, code that asks an object for its JSON applies the object's conditions and loops itself. */
export function applyingGuards<R>(callback: () => R): R {
  const before = guardsAreApplied;
  guardsAreApplied = true;
  try {
    return callback();
  } finally {
    guardsAreApplied = before;
  }
}

/** Whether somebody reads an object's template, to evaluate it with what each guard gives. */
export function templateIsRead(): boolean {
  return guardsAreApplied;
}

/** An object alone cannot say that it is not there, so asking one that may not be there is an error. */
export function refuseAlone(object: IConstruct): void {
  if (guardsAreApplied || guardsOf(object).length === 0) return;
  throw new DrydockError('GUARDED_OBJECT', {
    where: object.node.path,
    found: 'a request for the JSON of one object that is under `when` or `forEach`',
    expected: 'a request to its chart',
    remedy:
      'Use the App of this library, or `chart.toJson()`; stock cdk8s asks each object when it writes one folder for each chart.',
  });
}
