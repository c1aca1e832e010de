import { isNode, type Tree, visitNodes } from '../../../core/template';
import { type HelmChart, objectsWithin, synthOrder } from '../../../core/tree';
import { type DeclaredTree, type GeneratedChart, type GeneratedSubchart, isDeclared } from './program';
import { type Declared, hasDefault, type ValueSpec } from './value-spec';

/** What a generated chart exercises: operations, kinds of values, guards; of an umbrella, how its charts hang together. */
export function featuresOf(generated: GeneratedChart): Set<string> {
  const features = new Set<string>();
  addChart(generated, features);
  for (const one of generated.subcharts) addSubchart(one, generated, features, 1);
  return features;
}

function addChart({ chart, declared, secretKeys }: GeneratedChart, features: Set<string>): void {
  if (secretKeys.length > 0) features.add('value: secret');
  if (secretKeys.some((key) => !/^\w+$/.test(key))) features.add('name: secret key that is no word');
  const { description } = chart;
  if (/\n/.test(description)) features.add('text: description of several lines');
  for (const { tree, guards } of objectsWithin(chart as HelmChart, synthOrder(chart.node.root))) {
    addOps(tree, features);
    for (const guard of guards) {
      features.add(`guard: ${guard.kind}`);
      addOps(guard.kind === 'when' ? guard.cond : guard.over, features);
    }
  }
  if (chart.installerPatches) features.add('value: patches');
  if (chart.assertions.length > 0) features.add('assertion');
  addDeclared(declared, features);
}

function addSubchart(
  { key, hasEnabled, generated }: GeneratedSubchart,
  parent: GeneratedChart,
  features: Set<string>,
  depth: number,
): void {
  const add = (feature: string) => features.add(`subchart: ${feature}`);
  const { conditions = [], tags = [] } = parent.chart.definition.subcharts.get(key) ?? {};
  add(`${depth} deep`);
  if (hasEnabled) add('enabled');
  if (conditions.length > (hasEnabled ? 1 : 0)) add('condition on another value');
  if (conditions.length > 1) add('several conditions');
  if (tags.length > 0) add('tags');
  if (tags.length > 0 && conditions.length > 0) add('tags and conditions');
  if (conditions.length === 0 && tags.length === 0) add('always installed');
  if (key !== generated.chart.chartName) add('alias');
  if (key.includes('-')) add('name with a dash');
  if (/^(y|no|null|true)$/.test(key)) add('name that YAML takes for something else');
  if ('global' in generated.declared) add('reads globals');
  if ('global' in generated.declared && 'global' in parent.declared) add('gets globals of its parent');
  if (isReadByParent(parent, key)) add('read by its parent');
  addChart(generated, features);
  for (const one of generated.subcharts) addSubchart(one, generated, features, depth + 1);
}

function isReadByParent({ chart }: GeneratedChart, key: string): boolean {
  let isRead = false;
  for (const { tree } of objectsWithin(chart, synthOrder(chart.node.root)))
    visitNodes(tree, ({ op }) => {
      isRead ||= op.op === 'value' && op.path[0] === key;
    });
  return isRead;
}

function addOps(tree: Tree, features: Set<string>): void {
  visitNodes(tree, ({ op }) => {
    features.add(op.op === 'compare' || op.op === 'text' ? `${op.op}: ${op.how}` : op.op);
    if (op.op === 'if' && !isNode(op.no) && (op.no === undefined || op.no === null))
      features.add('if without else');
    if (op.op === 'merge' && op.spreads.length > 1) features.add('merge of several spreads');
  });
}

function addDeclared(declared: DeclaredTree, features: Set<string>): void {
  for (const [name, member] of Object.entries(declared)) {
    if (/^[A-Z]/.test(name)) features.add('name: value with a capital');
    if (name in {}) features.add('name: value that every object has');
    if (isDeclared(member)) addValue(member, features);
    else addDeclared(member, features);
  }
}

function addValue({ spec, presence, doc }: Declared, features: Set<string>): void {
  if (/[\n\r\u0085\u2028\u2029]/.test(doc.trim())) features.add('text: doc of several lines');
  features.add(`presence: ${presence}`);
  addSpec(spec, features);
}

function addSpec(spec: ValueSpec, features: Set<string>): void {
  features.add(`value: ${'kind' in spec ? spec.kind : spec.type}`);
  if (spec.type === 'list') addSpec(spec.items, features);
  if (spec.type === 'map') addSpec(spec.values, features);
  if (spec.type === 'text' && spec.parts) features.add('value: generated pattern');
  if (spec.type === 'text' && spec.choices) features.add('value: generated choices');
  if (spec.type !== 'object') return;
  for (const field of spec.fields) {
    if (hasDefault(field)) features.add('value: field with a default');
    if (!/^\w+$/.test(field.name)) features.add('name: field that is no word');
    addSpec(field.spec, features);
  }
}
