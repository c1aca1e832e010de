import { ApiObject, Chart, App as StockApp } from 'cdk8s';
import { Construct, DependencyGroup, type IConstruct } from 'constructs';
import fc from 'fast-check';
import { DrydockError } from '../template';
import { chartsByOwnDependencies, synthOrder } from './order';

const runs = Number(process.env.DRYDOCK_FUZZ_RUNS ?? 500);

type Kind = 'chart' | 'group' | 'object';

/** A program: constructs below each other, and dependencies between any two; numbers are taken modulo what there is. */
interface Model {
  readonly constructs: readonly { readonly kind: Kind; readonly parent: number; readonly id: string }[];
  readonly dependencies: readonly { readonly from: number; readonly to: readonly number[] }[];
}

const model: fc.Arbitrary<Model> = fc.record({
  constructs: fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>('chart', 'group', 'object', 'object', 'object'),
      parent: fc.nat(30),
      id: fc.constantFrom('a', 'b', 'z', '0', '1', '10', '01', '4294967295'),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  dependencies: fc.array(
    fc.record({ from: fc.nat(30), to: fc.array(fc.nat(30), { minLength: 1, maxLength: 2 }) }),
    { maxLength: 5 },
  ),
});

/** Stock loses whatever depends on itself; `selves` says whose such dependencies are tried. */
function build({ constructs, dependencies }: Model, selves: 'of charts and objects' | 'of none') {
  const app = new StockApp();
  const made: Construct[] = [];
  const parents = () =>
    made.filter((construct) => Chart.isChart(construct) || construct.node.scopes.length > 2);
  for (const { kind, parent, id } of constructs) {
    const scopes = kind === 'chart' ? [app, ...parents()] : parents();
    const scope = scopes[parent % Math.max(1, scopes.length)] ?? app;
    if (scope.node.tryFindChild(id)) continue;
    if (kind === 'chart' || scope === app) made.push(new Chart(scope, id));
    else if (kind === 'group') made.push(new Construct(scope, id));
    else
      made.push(
        new ApiObject(scope, id, { apiVersion: 'v1', kind: 'Thing', metadata: { name: nameIn(scope, id) } }),
      );
  }
  for (const { from, to } of dependencies) {
    const source = made[from % made.length] as IConstruct;
    const canBeItsOwn =
      selves === 'of charts and objects' && (Chart.isChart(source) || ApiObject.isApiObject(source));
    const targets = to
      .map((at) => made[at % made.length] as IConstruct)
      .filter((target) => canBeItsOwn || target !== source);
    source.node.addDependency(...(targets.length === 1 ? targets : [new DependencyGroup(...targets)]));
  }
  return { app, objects: made.filter((construct) => ApiObject.isApiObject(construct)).length };
}

function nameIn(scope: Construct, id: string): string {
  return `${scope.node.path}/${id}`;
}

type Answer = { charts: string[]; objects: string[][] } | 'refused';

/** What stock cdk8s does, asked after it prepared the app; an object that it lost counts as a refusal. */
function stockAnswer(built: Model): Answer {
  const { app, objects } = build(built, 'of charts and objects');
  try {
    app.synthYaml();
    const charts = app.charts;
    const names = charts.map((chart) => chart.toJson().map((json) => json.metadata.name as string));
    const isWhole =
      names.flat().length === objects && charts.length === app.node.findAll().filter(Chart.isChart).length;
    return isWhole ? { charts: charts.map(({ node }) => node.path), objects: names } : 'refused';
  } catch {
    return 'refused';
  }
}

function ourAnswer(built: Model): Answer {
  const { app } = build(built, 'of charts and objects');
  try {
    const order = synthOrder(app);
    return {
      charts: order.charts.map(({ node }) => node.path),
      objects: order.charts.map((chart) => order.objectsOf(chart).map(({ name }) => name)),
    };
  } catch (error) {
    expect(error).toBeInstanceOf(DrydockError);
    expect(['DEPENDENCY_CYCLE', 'DEPENDENCY_OUTSIDE_OF_CHART']).toContain((error as DrydockError).code);
    return 'refused';
  }
}

test('charts and objects come in the order of stock cdk8s, and what it cannot order is refused', () => {
  const seen = { ordered: 0, refused: 0, moved: 0, nested: 0 };
  fc.assert(
    fc.property(model, (built) => {
      const answer = ourAnswer(built);
      expect(answer).toEqual(stockAnswer(built));
      seen[answer === 'refused' ? 'refused' : 'ordered'] += 1;
      if (answer !== 'refused' && !isInTreeOrder(answer)) seen.moved += 1;
      if (answer !== 'refused' && answer.charts.some((path) => path.includes('/'))) seen.nested += 1;
    }),
    { numRuns: runs, seed: process.env.CI ? 7 : undefined },
  );
  expect(Object.values(seen).every((count) => count >= 20)).toBe(true);
});

function isInTreeOrder({ objects }: { readonly objects: readonly (readonly string[])[] }): boolean {
  return objects.every((names) => names.join() === [...names].sort().join());
}

test('App.charts is sorted as stock does before synthesis, by the dependencies that were added', () => {
  fc.assert(
    fc.property(model, (built) => {
      const ask = (charts: () => readonly Chart[]) => {
        try {
          return charts().map(({ node }) => node.path);
        } catch {
          return 'refused';
        }
      };
      const expected = ask(() => build(built, 'of none').app.charts);
      expect(ask(() => chartsByOwnDependencies(build(built, 'of none').app))).toEqual(expected);
    }),
    { numRuns: runs, seed: process.env.CI ? 7 : undefined },
  );
});

function chain(charts: number, objects: number): StockApp {
  const app = new StockApp();
  let before: Chart | undefined;
  for (let at = 0; at < charts; at += 1) {
    const chart = new Chart(app, `chart-${at}`);
    for (let object = 0; object < objects; object += 1)
      new ApiObject(chart, `object-${object}`, { apiVersion: 'v1', kind: 'Thing' });
    if (before) chart.addDependency(before);
    before = chart;
  }
  return app;
}

test('a chain of 3,000 charts, which stock cannot finish, is ordered, and no construct is changed', () => {
  const app = chain(3_000, 5);
  app.node.findChild('chart-0').node.addDependency(new Chart(app, 'base'));
  const order = synthOrder(app);
  expect(order.charts.map(({ node }) => node.path).slice(0, 3)).toEqual(['base', 'chart-0', 'chart-1']);
  expect(order.objectsOf(order.charts[3000] as Chart)).toHaveLength(5);
  const object = (order.charts[2] as Chart).apiObjects[0] as ApiObject;
  expect(object.node.dependencies).toEqual([]);
});

test('a cycle names the charts along it', () => {
  const app = chain(3, 2);
  app.node.findChild('chart-0').node.addDependency(app.node.findChild('chart-2'));
  expect(() => synthOrder(app).charts).toThrow(
    /^DEPENDENCY_CYCLE at chart-0: found a dependency cycle: chart-0 => chart-2 => chart-1 => chart-0; expected /,
  );
  const alone = chain(1, 2);
  const [first] = (alone.charts[0] as Chart).apiObjects as [ApiObject];
  first.addDependency(first);
  expect(() => synthOrder(alone).charts).toThrow(
    /found a dependency cycle: chart-0\/object-0 => chart-0\/object-0;/,
  );
});

test('a construct that depends on itself and is neither chart nor object is not in the way', () => {
  const app = chain(1, 1);
  const group = new Construct(app.node.findChild('chart-0'), 'group');
  new ApiObject(group, 'object', { apiVersion: 'v1', kind: 'Thing' });
  group.node.addDependency(group);
  const order = synthOrder(app);
  expect(order.objectsOf(order.charts[0] as Chart)).toHaveLength(2);
});

test('a dependency of a construct in no chart is refused by name', () => {
  const app = chain(2, 1);
  const outside = new Construct(app, 'outside');
  outside.node.addDependency(app.node.findChild('chart-0'));
  expect(() => synthOrder(app)).toThrow(/^DEPENDENCY_OUTSIDE_OF_CHART at outside: /);
});
