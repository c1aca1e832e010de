import { isNode, type Tree, visitNodes } from '../../../core/template';
import { type HelmChart, objectsWithin, synthOrder } from '../../../core/tree';
import type { GeneratedChart } from './program';
import type { Declared, ValueSpec } from './value-spec';

/** What a generated chart exercises: operations, kinds of values, guards. */
export function featuresOf({ chart, declared, hasSecret }: GeneratedChart): Set<string> {
  const features = new Set<string>(hasSecret ? ['value: secret'] : []);
  for (const { tree, guards } of objectsWithin(chart as HelmChart, synthOrder(chart.node.root))) {
    addOps(tree, features);
    for (const guard of guards) {
      features.add(`guard: ${guard.kind}`);
      addOps(guard.kind === 'when' ? guard.cond : guard.over, features);
    }
  }
  if (chart.assertions.length > 0) features.add('assertion');
  for (const member of Object.values(declared)) {
    if ('spec' in member && 'presence' in member) addValue(member as Declared, features);
    else for (const one of Object.values(member as Record<string, Declared>)) addValue(one, features);
  }
  return features;
}

function addOps(tree: Tree, features: Set<string>): void {
  visitNodes(tree, ({ op }) => {
    features.add(op.op === 'compare' || op.op === 'text' ? `${op.op}: ${op.how}` : op.op);
    if (op.op === 'if' && !isNode(op.no) && (op.no === undefined || op.no === null))
      features.add('if without else');
    if (op.op === 'merge' && op.spreads.length > 1) features.add('merge of several spreads');
  });
}

function addValue({ spec, presence }: Declared, features: Set<string>): void {
  features.add(`presence: ${presence}`);
  addSpec(spec, features);
}

function addSpec(spec: ValueSpec, features: Set<string>): void {
  features.add(`value: ${'kind' in spec ? spec.kind : spec.type}`);
  if (spec.type === 'list') addSpec(spec.items, features);
  if (spec.type === 'map') addSpec(spec.values, features);
  if (spec.type === 'object') for (const field of spec.fields) addSpec(field.spec, features);
}
