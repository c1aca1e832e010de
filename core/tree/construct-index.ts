import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DrydockError } from '../template';

/** A construct's place in the tree, as numbers: everything below it has an index from `index` to before `end`. */
export class Place {
  end: number;
  /** The chart that it is in. */
  chart: ChartPlace | undefined;
  /** Its objects (those of its chart at or below it) are a slice of the chart's objects. */
  firstObject: number;
  lastObject = 0;

  constructor(
    readonly construct: IConstruct,
    readonly index: number,
    readonly parent: Place | undefined,
  ) {
    this.end = index + 1;
    this.chart = parent?.chart;
    this.firstObject = parent?.chart?.objects.length ?? 0;
  }

  contains(other: Place): boolean {
    return this.index <= other.index && other.index < this.end;
  }
}

export class ChartPlace extends Place {
  /** The objects of this chart and of no chart inside it, in the order of the tree. */
  readonly objects: number[] = [];
  /** Charts that are children, not further descendants: only those are dependencies by themselves. */
  readonly childCharts: ChartPlace[] = [];

  constructor(construct: IConstruct, index: number, parent: Place | undefined) {
    super(construct, index, parent);
    this.chart = this;
    this.firstObject = 0;
    if (parent instanceof ChartPlace) parent.childCharts.push(this);
  }
}

/** Every construct from here down, parents first. Without recursion: trees may be deep. */
export function allConstructs(root: IConstruct): IConstruct[] {
  const result: IConstruct[] = [];
  const stack = [root];
  for (let next = stack.pop(); next; next = stack.pop()) {
    result.push(next);
    const { children } = next.node;
    for (let at = children.length - 1; at >= 0; at -= 1) stack.push(children[at] as IConstruct);
  }
  return result;
}

/** The constructs of an app, numbered in the order of the tree. */
export class ConstructIndex {
  readonly places: Place[] = [];
  readonly charts: ChartPlace[] = [];
  private readonly byConstruct = new Map<IConstruct, Place>();

  constructor(constructs: readonly IConstruct[]) {
    const open: Place[] = [];
    for (const construct of constructs) {
      while (open.length > 0 && open.at(-1)?.construct !== construct.node.scope)
        this.close(open.pop() as Place);
      open.push(this.add(construct, open.at(-1)));
    }
    while (open.length > 0) this.close(open.pop() as Place);
  }

  placeOf(construct: IConstruct): Place | undefined {
    return this.byConstruct.get(construct);
  }

  at(index: number): Place {
    return this.places[index] as Place;
  }

  private add(construct: IConstruct, parent: Place | undefined): Place {
    const isChart = Chart.isChart(construct);
    const place = new (isChart ? ChartPlace : Place)(construct, this.places.length, parent);
    if (place instanceof ChartPlace) this.charts.push(place);
    if (ApiObject.isApiObject(construct)) place.chart?.objects.push(place.index);
    this.places.push(place);
    this.byConstruct.set(construct, place);
    return place;
  }

  private close(place: Place): void {
    place.end = this.places.length;
    place.lastObject = place.chart?.objects.length ?? 0;
  }
}

/** The chart of a construct that has dependencies, or that others depend on. */
export function chartOf(construct: IConstruct): Chart {
  const chart = [...construct.node.scopes].reverse().find((scope) => Chart.isChart(scope));
  if (chart) return chart as Chart;
  throw new DrydockError('DEPENDENCY_OUTSIDE_OF_CHART', {
    where: construct.node.path || '(app)',
    found: 'a dependency from or to a construct that is in no chart',
    expected: 'dependencies between charts and what is in them',
    remedy: 'Put the construct into a chart, or let the charts depend on each other.',
  });
}
