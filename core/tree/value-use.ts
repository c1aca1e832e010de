import { DrydockError, type Tree, valuesReadBy } from '../template';
import { Declaration, NAMING, type PlainDeclarations } from '../values';
import type { ChartView } from './chart-view';
import { placeOf } from './stand-ins';

/** Refuses a value that nothing reads, since setting it would have no effect, and values of another chart. */
export function checkValueUse(trees: readonly Tree[], chart: ChartView): void {
  const where = placeOf(chart);
  const read: (readonly string[])[] = [];
  for (const tree of trees) {
    for (const { node } of valuesReadBy(tree)) {
      if (node.op.op !== 'value') continue;
      if (!chart.owners.includes(node.op.owner)) throw ofAnotherChart(where, node.op.path.join('.'));
      read.push(node.op.path);
    }
  }
  const handedOn = [...subchartUses(chart), ...globalsOfSubcharts(chart)];
  const unused = ownLeaves(chart).filter(
    (leaf) => ![...read, ...handedOn].some((path) => overlaps(path, leaf)),
  );
  if (unused.length > 0)
    throw notUsed(
      where,
      unused.map((path) => path.join('.')),
    );
}

/** The values that the chart itself has to use; those of its subcharts are theirs. */
function ownLeaves({ definition }: ChartView): (readonly string[])[] {
  return leaves(definition.declarations, []).filter(
    ([first = '']) => !(NAMING as readonly string[]).includes(first) && !definition.subcharts.has(first),
  );
}

/** What decides over subcharts: conditions and tags. */
function subchartUses({ definition }: ChartView): (readonly string[])[] {
  return [...definition.subcharts.values()].flatMap(({ conditions, tags }) => [
    ...conditions.map((condition) => condition.split('.')),
    ...tags.map((tag) => ['tags', tag]),
  ]);
}

/** The globals and tags that subcharts declare, at any depth; that they use them is checked there. */
function globalsOfSubcharts({ subcharts }: ChartView): (readonly string[])[] {
  return subcharts.flatMap((subchart) => [
    ...leaves(subchart.definition.declarations, []).filter(
      ([first]) => first === 'global' || first === 'tags',
    ),
    ...globalsOfSubcharts(subchart),
  ]);
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
    remedy:
      'Pass the values that were given to the HelmChart as `values`. Between the charts of an umbrella a value goes by the group `global`, declared in both; what leaves a subchart out is its `enabled`, not `when`.',
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
