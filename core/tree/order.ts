import { ApiObject, Chart, DependencyGraph } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** The charts and objects of an app in the order that stock cdk8s writes them. */
export interface SynthOrder {
  readonly charts: readonly Chart[];
  /** Charts depend on each other, so their files are numbered. */
  readonly hasDependantCharts: boolean;
  objectsOf(chart: Chart): readonly ApiObject[];
}

export function synthOrder(app: IConstruct): SynthOrder {
  const hasDependantCharts = inferDependencies(app);
  const isChart = (construct: IConstruct): construct is Chart => Chart.isChart(construct);
  return {
    charts: new DependencyGraph(app.node).topology().filter(isChart),
    hasDependantCharts,
    objectsOf: (chart) =>
      new DependencyGraph(chart.node)
        .topology()
        .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct))
        .filter((object) => Chart.of(object) === chart),
  };
}

/** Dependencies between charts and objects that follow from nesting and from dependencies between constructs. */
function inferDependencies(app: IConstruct): boolean {
  let hasDependantCharts = false;
  for (const parent of app.node.findAll().filter(Chart.isChart)) {
    for (const child of parent.node.children.filter(Chart.isChart)) {
      parent.node.addDependency(child);
      hasDependantCharts = true;
    }
  }
  for (const [source, target] of dependencies(app)) {
    const [from, to] = [Chart.of(source), Chart.of(target)];
    if (from !== to) {
      from.node.addDependency(to);
      hasDependantCharts = true;
    }
  }
  for (const [source, target] of dependencies(app)) addObjectDependencies(source, target);
  return hasDependantCharts;
}

function dependencies(app: IConstruct): [IConstruct, IConstruct][] {
  return app.node
    .findAll()
    .flatMap((source) =>
      source.node.dependencies.map((target): [IConstruct, IConstruct] => [source, target]),
    );
}

function addObjectDependencies(source: IConstruct, target: IConstruct): void {
  for (const to of objectsIn(target)) {
    for (const from of objectsIn(source)) if (to !== from) from.node.addDependency(to);
  }
}

function objectsIn(construct: IConstruct): IConstruct[] {
  const chart = Chart.of(construct);
  return construct.node.findAll().filter((c) => ApiObject.isApiObject(c) && Chart.of(c) === chart);
}
