import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { type ConstructIndex, chartOf, type Place } from './construct-index';

/** What each construct depends on, in the order in which stock cdk8s would have added it. */
export class Dependencies {
  /** Charts depend on each other, so their files are numbered. */
  readonly areBetweenCharts: boolean;
  /** Constructs that depend on something, in the order of the tree. */
  readonly sources: readonly number[];
  private readonly bySource: ReadonlyMap<number, readonly Place[]>;

  constructor(index: ConstructIndex, inference: 'none' | 'as in synthesis' = 'as in synthesis') {
    const bySource: BySource = new Map();
    const added: [IConstruct, IConstruct][] = [];
    for (const { construct } of index.places) {
      for (const target of construct.node.dependencies) added.push([construct, target]);
    }
    for (const [source, target] of added) addTo(bySource, index, source, target);
    this.areBetweenCharts = inference === 'as in synthesis' && inferBetweenCharts(bySource, index, added);
    this.sources = [...bySource.keys()].sort((left, right) => left - right);
    this.bySource = new Map([...bySource].map(([source, targets]) => [source, [...targets]]));
  }

  of(place: Place): readonly Place[] {
    return this.bySource.get(place.index) ?? NONE;
  }
}

const NONE: readonly Place[] = [];

type BySource = Map<number, Set<Place>>;

/** A construct of another app counts for nothing here, as for stock, but for the numbers before the names of files. */
function addTo(bySource: BySource, index: ConstructIndex, source: IConstruct, target: IConstruct): void {
  const [from, to] = [index.placeOf(source), index.placeOf(target)];
  if (!from || !to || (from === to && !isOutput(source))) return;
  const targets = bySource.get(from.index);
  if (targets) targets.add(to);
  else bySource.set(from.index, new Set([to]));
}

/** What is neither cannot be lost by depending on itself. */
function isOutput(construct: IConstruct): boolean {
  return Chart.isChart(construct) || ApiObject.isApiObject(construct);
}

/** A chart depends on the charts in it, and on those that something in it depends on. */
function inferBetweenCharts(
  bySource: BySource,
  index: ConstructIndex,
  added: readonly (readonly [IConstruct, IConstruct])[],
): boolean {
  const inside = index.charts.flatMap((parent) =>
    parent.childCharts.map((child) => [parent, child] as const),
  );
  for (const [parent, child] of inside) addTo(bySource, index, parent.construct, child.construct);
  const across = added
    .map(([source, target]) => [chartOf(source), chartOf(target)] as const)
    .filter(([from, to]) => from !== to);
  for (const [from, to] of across) addTo(bySource, index, from, to);
  return inside.length > 0 || across.length > 0;
}

/** The objects of a construct's chart at or below it. */
export function objectsOf(place: Place): readonly number[] {
  return place.chart?.objects.slice(place.firstObject, place.lastObject) ?? [];
}

export function countObjects(place: Place): number {
  return place.lastObject - place.firstObject;
}
