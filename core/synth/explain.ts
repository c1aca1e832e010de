import fs from 'node:fs';
import type { App } from 'cdk8s';
import {
  evaluate,
  isNode,
  type Json,
  metadataNameOf,
  type Tree,
  type TreePath,
  usesLoopVariable,
  valuesReadBy,
} from '../template';
import {
  assertionsOf,
  type ChartView,
  type GuardedObject,
  guardedOnce,
  HelmChart,
  inputsFor,
  type Member,
  membersOf,
  type ObjectsOf,
  objectsWithin,
  synthOrder,
} from '../tree';
import { Declaration, messageAt, type PlainDeclarations, type SubchartSpec } from '../values';

/** What the values of a release reach, and where. */
export interface ExplainedRelease {
  /** The outermost chart. */
  readonly chart: string;
  readonly values: readonly ExplainedValue[];
  readonly targets: readonly Target[];
  readonly reaches: readonly Reach[];
}

export interface ExplainedValue {
  /** As it is written when the outermost chart is installed: `backend.replicas`. */
  readonly path: string;
  readonly kind: string;
  readonly doc: string;
  readonly default?: Json;
}

/** An object, or one of the charts of the release: what a value can reach. */
export interface Target {
  /** `Deployment/shop-web`, `Chart/shop.backend`. */
  readonly name: string;
  /** The construct path. */
  readonly place: string;
  /** The chart that it belongs to, by its keys: `shop.backend`. */
  readonly chart: string;
}

/** One value at one place. */
export interface Reach {
  readonly value: string;
  readonly target: string;
  /** A field, such as `spec.replicas`, or in words what the value decides. */
  readonly field: string;
}

/** Says in a file what the values of an app reach. */
export function writeExplanation(app: App, file: string): void {
  fs.writeFileSync(file, JSON.stringify(explain(app)));
}

/** For each outermost HelmChart of an app, in the order of their dependencies, what its values reach. */
export function explain(app: App): ExplainedRelease[] {
  const order = synthOrder(app);
  const once = guardedOnce(order);
  return order.charts
    .filter(HelmChart.isHelmChart)
    .filter(({ umbrella }) => !umbrella)
    .map((chart) => explainRelease(chart, (one) => objectsWithin(one, order, once)));
}

function explainRelease(root: HelmChart, objectsOf: ObjectsOf): ExplainedRelease {
  const members = membersOf(root);
  const values = new Map<string, ExplainedValue>();
  // What an outer chart says of a value of an inner one is what counts.
  for (const { chart, path } of members)
    for (const value of valuesOf(chart.definition.declarations, [])) {
      const called = inRelease(path, value.path);
      if (!values.has(called)) values.set(called, { ...value, path: called });
    }
  const parts = members.map((member) => explainMember(root, member, objectsOf));
  return {
    chart: root.chartName,
    values: [...values.values()],
    targets: parts.flatMap(({ targets }) => targets),
    reaches: uniqueReaches(parts.flatMap(({ reaches }) => reaches)),
  };
}

/** A value of a chart as the outermost one is told it. Globals and tags are the same for all charts. */
function inRelease(keys: readonly string[], path: readonly string[] | string): string {
  const steps = typeof path === 'string' ? path.split('.') : path;
  const isShared = steps[0] === 'global' || steps[0] === 'tags';
  return [...(isShared ? [] : keys), ...steps].join('.');
}

function valuesOf(declarations: PlainDeclarations, path: readonly string[]): ExplainedValue[] {
  return Object.entries(declarations).flatMap(([key, entry]) => {
    if (!(entry instanceof Declaration)) return valuesOf(entry, [...path, key]);
    const { doc, default: value } = entry.options;
    const known = { path: [...path, key].join('.'), kind: entry.kind, doc };
    return [value === undefined ? known : { ...known, default: value }];
  });
}

function explainMember(
  root: HelmChart,
  { chart, path: keys }: Member,
  objectsOf: ObjectsOf,
): { readonly targets: Target[]; readonly reaches: Reach[] } {
  const chartPath = [root.chartName, ...keys].join('.');
  const own: Target = { name: `Chart/${chartPath}`, place: chart.node.path, chart: chartPath };
  const targets = [own];
  const reaches: Reach[] = installation(chart, keys).map((value) => ({
    value,
    target: own.name,
    field: 'whether it is installed',
  }));
  const add = (tree: Tree, target: string, fieldOf: (path: TreePath) => string) => {
    for (const { node, path } of valuesReadBy(tree))
      if (node.op.op === 'value')
        reaches.push({ value: inRelease(keys, node.op.path), target, field: fieldOf(path) });
  };
  for (const { cond, message } of assertionsOf(chart, objectsOf))
    add(cond, own.name, () => `is checked: ${messageAt(message, keys)}`);
  for (const guarded of objectsOf(chart)) {
    const target = { name: nameOf(guarded), place: guarded.object.node.path, chart: chartPath };
    targets.push(target);
    for (const guard of guarded.guards)
      if (guard.kind === 'when') add(guard.cond, target.name, () => 'whether it is there');
      else add(guard.over, target.name, () => 'how many there are');
    add(guarded.tree, target.name, fieldName);
    if (isNode(chart.installerPatches)) add(chart.installerPatches, target.name, () => 'what a patch says');
  }
  return { targets, reaches };
}

/** The values that decide whether a subchart is installed. */
function installation({ umbrella, node }: ChartView, keys: readonly string[]): string[] {
  if (!umbrella) return [];
  const { conditions, tags } = umbrella.definition.subcharts.get(node.id) as SubchartSpec;
  const outer = keys.slice(0, -1);
  return [...conditions.map((path) => inRelease(outer, path)), ...tags.map((tag) => `tags.${tag}`)];
}

/** `Deployment/shop-web` for the inputs that the chart has; an object of a loop has a name for each entry. */
function nameOf({ object, tree }: GuardedObject): string {
  const name = metadataNameOf(tree);
  if (usesLoopVariable(name)) return `${object.kind}/(${object.node.path}, for each entry)`;
  return `${object.kind}/${evaluate(name, inputsFor(object)) ?? '(no name)'}`;
}

/** `spec.containers[0].image`, and keys that are no words in quotes. */
function fieldName(path: TreePath): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[\w-]+$/.test(step) ? `.${step}` : `["${step}"]`;
    })
    .join('')
    .replace(/^\./, '');
}

function uniqueReaches(reaches: readonly Reach[]): Reach[] {
  const unique = new Map(reaches.map((reach) => [JSON.stringify(Object.values(reach)), reach]));
  return [...unique.values()];
}
