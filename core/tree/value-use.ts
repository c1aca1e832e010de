import { DrydockError, type Tree, valuesReadBy } from '../template';
import { Declaration, type PlainDeclarations } from '../values';
import type { HelmChart } from './helm-chart';
import { NAMING } from './naming';
import { placeOf } from './recognise';

/** Refuses a value that nothing reads: whoever sets it would wait for an effect. And values of another chart. */
export function checkValueUse(trees: readonly Tree[], chart: HelmChart): void {
  const where = placeOf(chart);
  const read: (readonly string[])[] = [];
  for (const tree of trees) {
    for (const { node } of valuesReadBy(tree)) {
      if (node.op.op !== 'value') continue;
      if (!chart.owners.includes(node.op.owner)) throw ofAnotherChart(where, node.op.path.join('.'));
      read.push(node.op.path);
    }
  }
  const declared = leaves(chart.definition.declarations, []).filter(
    ([first]) => !NAMING.includes(first as string),
  );
  const unused = declared.filter((leaf) => !read.some((path) => overlaps(path, leaf)));
  if (unused.length > 0)
    throw notUsed(
      where,
      unused.map((path) => path.join('.')),
    );
}

function leaves(declarations: PlainDeclarations, path: readonly string[]): (readonly string[])[] {
  return Object.entries(declarations).flatMap(([key, entry]) =>
    entry instanceof Declaration ? [[...path, key]] : leaves(entry, [...path, key]),
  );
}

function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return a.slice(0, b.length).every((key, index) => key === b[index]);
}

function ofAnotherChart(where: string, path: string): DrydockError {
  return new DrydockError('VALUE_OF_ANOTHER_CHART', {
    where,
    found: `the value ${path}, which was declared for another chart or for none`,
    expected: 'values of this chart',
    remedy: 'Pass the values that were given to the HelmChart as `values`.',
  });
}

function notUsed(where: string, paths: readonly string[]): DrydockError {
  return new DrydockError('VALUE_UNUSED', {
    where,
    found: `declared values that reach nothing: ${paths.join(', ')}`,
    expected: 'every value to reach a field, a condition or an assertion',
    remedy: 'Use them, or take them out of `defineValues`.',
  });
}
