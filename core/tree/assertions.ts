import {
  BOOLEAN,
  DrydockError,
  evaluate,
  expression,
  isNode,
  metadataNameOf,
  NODE,
  Node,
  usesLoopVariable,
} from '../template';
import { messageAt } from '../values';
import type { Assertion, Audience, ChartInputs, ChartView, SubchartPath } from './chart-view';
import type { GuardedObject } from './guarded-object';
import { placeOf } from './stand-ins';

export function checkAssertions(
  assertions: readonly Assertion[],
  inputs: ChartInputs,
  audience: Audience,
  chart: ChartView,
): void {
  for (const { cond, message, onlyInCharts, between = [] } of assertions) {
    if (!between.every((path) => hasSubchart(inputs, path))) continue;
    if ((onlyInCharts && audience === 'plain') || evaluate(cond, inputs)) continue;
    throw new DrydockError('ASSERTION_FAILED', {
      where: placeOf(chart),
      found: 'values that the chart refuses',
      expected: messageAt(message, keysTo(chart)),
      remedy: 'Change the values.',
    });
  }
}

/** The keys that lead from the chart that is installed to one of its subcharts. */
function keysTo({ umbrella, node }: ChartView): string[] {
  return umbrella ? [...keysTo(umbrella), node.id] : [];
}

function hasSubchart(inputs: ChartInputs, [key, ...rest]: SubchartPath): boolean {
  if (key === undefined) return true;
  const inner = [...inputs.subcharts].find(([{ node }]) => node.id === key)?.[1];
  return inner !== undefined && hasSubchart(inner, rest);
}

/** The kinds whose names have to be a label, or become one: of a Service in DNS, of a Job on its pods. */
const LABEL_LIMIT = 63;
const NAMED_BY_LABEL: Readonly<Record<string, number>> = {
  CronJob: 52,
  DaemonSet: LABEL_LIMIT,
  Deployment: LABEL_LIMIT,
  Job: LABEL_LIMIT,
  Namespace: LABEL_LIMIT,
  Pod: LABEL_LIMIT,
  ReplicaSet: LABEL_LIMIT,
  Service: LABEL_LIMIT,
  StatefulSet: 52,
};
const NAME_LIMIT = 253;

/**
 * No name may be cut, two of them could become one; so a release whose names would be too long is refused. Names
 * that only differ in what follows the same start share one assertion.
 */
export function nameAssertions(objects: readonly GuardedObject[]): Assertion[] {
  const room = new Map<Node, { readonly limit: number; readonly example: string }>();
  for (const { object, tree } of objects) {
    const name = metadataNameOf(tree);
    if (!isNode(name) || usesLoopVariable(name)) continue;
    const { start, rest } = startAndRest(name);
    const limit = (NAMED_BY_LABEL[object.kind] ?? NAME_LIMIT) - rest.length;
    if (limit < (room.get(start)?.limit ?? Infinity))
      room.set(start, { limit, example: `${object.kind} ...${rest}` });
  }
  return [...room].map(([start, { limit, example }]) => {
    const length = new Node({ op: 'length', arg: start }, { type: 'integer', min: 0, max: 1000 });
    const cond = expression({ op: 'compare', how: 'le', left: length, right: limit }, BOOLEAN)[NODE];
    const message = `The names of this release would be too long: they may begin with at most ${limit} characters (for ${example}). Use a shorter release name, or set fullnameOverride.`;
    return { cond, message, onlyInCharts: false };
  });
}

/** `{{ fullname }}-web` as the expression and `-web`. */
export function startAndRest(name: Node): { readonly start: Node; readonly rest: string } {
  const parts = name.op.op === 'concat' ? name.op.parts : [];
  const [start, rest] = parts;
  return parts.length === 2 && isNode(start) && typeof rest === 'string'
    ? { start, rest }
    : { start: name, rest: '' };
}
