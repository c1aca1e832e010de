import { ApiObject, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DrydockError } from '../template';
import { allConstructs, type ChartPlace, ConstructIndex, type Place } from './construct-index';
import { Dependencies } from './dependencies';
import { DependencyGraph } from './dependency-graph';

/** The charts and objects of an app in the order that stock cdk8s writes them. */
export interface SynthOrder {
  readonly charts: readonly Chart[];
  /** Charts depend on each other, so their files are numbered. */
  readonly hasDependantCharts: boolean;
  /** The objects of a chart and of no chart inside it. */
  objectsOf(chart: Chart): readonly ApiObject[];
  /** The chart and the charts inside it, in the order of all charts. */
  chartsWithin(chart: Chart): readonly Chart[];
}

/**
 * The order of an app in time that grows with its constructs and dependencies. (Objects are looked at once for each chart
 * that they are in, and charts can be in charts.)
 *
 * @param constructs all constructs of the app, for who has them already.
 */
export function synthOrder(app: IConstruct, constructs = allConstructs(app)): SynthOrder {
  const index = new ConstructIndex(constructs);
  const dependencies = new Dependencies(index);
  let charts: readonly Chart[] | undefined;
  let within: ReadonlyMap<Chart, readonly Chart[]> | undefined;
  const allCharts = () => {
    charts ??= sortedCharts(index, dependencies, true);
    return charts;
  };
  return {
    get charts() {
      return allCharts();
    },
    hasDependantCharts: dependencies.areBetweenCharts,
    objectsOf: (chart) => sortedObjects(index, dependencies, index.placeOf(chart) as ChartPlace),
    chartsWithin: (chart) => {
      within ??= chartsByOuter(allCharts());
      return within.get(chart) ?? [];
    },
  };
}

/** The charts as `App.charts` of stock cdk8s gives them before synthesis: only dependencies that somebody added count. */
export function chartsByOwnDependencies(app: IConstruct): readonly Chart[] {
  const index = new ConstructIndex(allConstructs(app));
  return sortedCharts(index, new Dependencies(index, 'none'), false);
}

function sortedCharts(index: ConstructIndex, dependencies: Dependencies, objectsInherit: boolean): Chart[] {
  const graph = new DependencyGraph(index, dependencies, index.at(0), objectsInherit);
  return sortedPlaces(index, graph)
    .filter((place) => place === place.chart)
    .map(({ construct }) => construct as Chart);
}

function chartsByOuter(charts: readonly Chart[]): Map<Chart, Chart[]> {
  const result = new Map<Chart, Chart[]>(charts.map((chart) => [chart, []]));
  for (const chart of charts) for (const scope of chart.node.scopes) result.get(scope as Chart)?.push(chart);
  return result;
}

function sortedObjects(index: ConstructIndex, dependencies: Dependencies, chart: ChartPlace): ApiObject[] {
  const graph = new DependencyGraph(index, dependencies, chart);
  const places = graph.hasEdges
    ? sortedPlaces(index, graph).filter((place) => place.chart === chart)
    : chart.objects.map((object) => index.at(object));
  return places
    .map(({ construct }) => construct)
    .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
}

function sortedPlaces(index: ConstructIndex, graph: DependencyGraph): Place[] {
  const found = graph.order();
  if ('cycle' in found) throw cycle(found.cycle.map((at) => index.at(at).construct.node.path));
  return found.order.map((at) => index.at(at));
}

function cycle(paths: readonly string[]): DrydockError {
  const [first = ''] = paths;
  return new DrydockError('DEPENDENCY_CYCLE', {
    where: first,
    found: `a dependency cycle: ${[...paths, ...(paths.at(-1) === first ? [] : [first])].join(' => ')}`,
    expected: 'dependencies that lead to an end',
    remedy: 'Remove one of them. A chart inside a chart is a dependency of the outer one.',
  });
}
