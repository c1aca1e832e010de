import type { Construct } from 'constructs';
import { DrydockError, type JsonObject } from '../template';
import {
  type ChartValues,
  type Coalesced,
  coalesceRelease,
  Declaration,
  type Installed,
  problemsIn,
  valuesInvalid,
} from '../values';
import type { ChartView } from './chart-view';
import { helmChartOf } from './inputs';

/** Charts in charts: who is whose subchart, and what values each of them sees in one release. */

const subchartsOf = new WeakMap<ChartView, ChartView[]>();

/** The subcharts of a chart, in the order in which they were made. */
export function subchartsIn(chart: ChartView): readonly ChartView[] {
  return subchartsOf.get(chart) ?? [];
}

/** Takes a chart in as a subchart of the HelmChart around it; refuses what helm could not make one release of. */
export function takeIn(parent: ChartView, child: ChartView): void {
  checkSubchart(parent, child);
  subchartsOf.set(parent, [...subchartsIn(parent), child]);
}

function checkSubchart(parent: ChartView, child: ChartView): void {
  const where = child.node.path;
  const around = [...ancestorsOf(parent), parent];
  if (around.some(({ chartName }) => chartName === child.chartName)) throw cycle(where, around, child);
  const key = child.node.id;
  const spec = parent.definition.subcharts.get(key);
  if (!spec) throw undeclared(where, key, [...parent.definition.subcharts.keys()]);
  if (parent.subcharts.some((one) => one.node.id === key)) throw twice(where, key);
  if (spec.own?.owner !== child.ownDefinition?.owner) throw otherValues(where, key);
}

/** What `constructs` would refuse in words about the tree. */
export function refuseSecondOfId(scope: Construct, id: string): Construct {
  if (helmChartOf(scope) && scope.node.tryFindChild(id)) throw twice(`${scope.node.path}/${id}`, id);
  return scope;
}

function ancestorsOf(chart: ChartView): ChartView[] {
  return chart.umbrella ? [...ancestorsOf(chart.umbrella), chart.umbrella] : [];
}

/** Refuses an umbrella that is not complete, or that helm would read otherwise. */
export function checkUmbrella(chart: ChartView): void {
  checkAllMade(chart);
  checkAliases(chart);
  checkInnerNames(chart, []);
}

/**
 * To find out which subcharts of a subchart are installed, helm reads the values of the inner charts into those of the
 * outermost one. A value there with the name of an inner chart ends in "type mismatch".
 */
function checkInnerNames(chart: ChartView, outer: readonly ChartView[]): void {
  for (const subchart of chart.subcharts) {
    const { id: key, path: where } = subchart.node;
    const holder = outer.find(({ definition }) => definition.declarations[key] instanceof Declaration);
    if (holder)
      throw new DrydockError('VALUE_NAME', {
        where,
        found: `a subchart "${key}" and a value of this name in ${holder.node.path}`,
        expected: 'another name for one of them, since helm reads both into one map',
        remedy: `Rename the value, or give the subchart another id: helm would refuse the chart ("type mismatch on ${key}").`,
      });
    checkInnerNames(subchart, [...outer, chart]);
  }
}

/**
 * Helm 3 renames an aliased dependency where all uses of the chart share it, and so does not find it the second time: it
 * leaves the subchart out without a word.
 */
function checkAliases({ subcharts }: ChartView): void {
  for (const [index, subchart] of subcharts.entries()) {
    checkAliases(subchart);
    const isSecond = subcharts.slice(0, index).some(({ chartName }) => chartName === subchart.chartName);
    const aliased = isSecond ? aliasedWithin(subchart) : undefined;
    if (!aliased) continue;
    throw new DrydockError('ALIAS_IN_ALIAS', {
      where: aliased.node.path,
      found: `an alias of ${aliased.chartName} in ${subchart.chartName}, a chart that is used twice itself`,
      expected: 'no aliases in a chart that is used under two names',
      remedy:
        'Helm 3 would leave the subchart out the second time. Let the inner chart have its own name as its id.',
    });
  }
}

function aliasedWithin({ subcharts }: ChartView): ChartView | undefined {
  const own = subcharts.find(({ node, chartName }) => node.id !== chartName);
  return own ?? subcharts.map(aliasedWithin).find((one) => one !== undefined);
}

function checkAllMade(chart: ChartView): void {
  const made = new Set(chart.subcharts.map(({ node }) => node.id));
  const missing = [...chart.definition.subcharts.keys()].find((key) => !made.has(key));
  if (missing === undefined) {
    for (const subchart of chart.subcharts) checkAllMade(subchart);
    return;
  }
  throw new DrydockError('SUBCHART_MISSING', {
    where: chart.node.path,
    found: `values of a subchart "${missing}", which was never made`,
    expected: `a HelmChart of that id in ${chart.node.id}`,
    remedy: `Make it in the constructor: new TheChart(this, '${missing}'). Or take it out of \`defineValues\`.`,
  });
}

/** The values of a release of the chart and its subcharts, checked as helm checks them. */
export function releaseValues(chart: ChartView, given: JsonObject, where: string): Coalesced {
  const release = coalesceRelease(chartValues(chart), given);
  const problems = [
    ...problemsIn(chart.definition, release.values),
    ...subchartProblems(chart, release.values, release.installed, ''),
  ];
  // A parent checks most of what a subchart checks, and says it in the same words.
  const unique = problems.filter(
    ({ path, found }, index) =>
      problems.findIndex((one) => one.path === path && one.found === found) === index,
  );
  if (unique.length > 0) throw valuesInvalid(unique, where);
  return release;
}

function subchartProblems(
  chart: ChartView,
  values: JsonObject,
  installed: Coalesced['installed'],
  path: string,
): ReturnType<typeof problemsIn> {
  return installedSubcharts(chart, installed).flatMap(([subchart, inner]) => {
    const key = subchart.node.id;
    const own = values[key] as JsonObject;
    return [
      ...problemsIn(subchart.definition, own, `${path}${key}`),
      ...(typeof own === 'object' ? subchartProblems(subchart, own, inner.installed, `${path}${key}.`) : []),
    ];
  });
}

/** The subcharts that a release has, each with its own. */
export function installedSubcharts(
  { subcharts }: ChartView,
  installed: Coalesced['installed'],
): (readonly [ChartView, Installed])[] {
  return subcharts.flatMap((subchart) => {
    const inner = installed.get(subchart.node.id);
    return inner ? [[subchart, inner] as const] : [];
  });
}

function chartValues(chart: ChartView): ChartValues {
  const { node, definition, subcharts } = chart;
  return {
    name: node.id,
    defaults: definition.defaults,
    subcharts: subcharts.map((subchart) => {
      const { conditions = [], tags = [] } = definition.subcharts.get(subchart.node.id) ?? {};
      return { chart: chartValues(subchart), conditions, tags };
    }),
  };
}

function undeclared(where: string, key: string, known: readonly string[]): DrydockError {
  return new DrydockError('SUBCHART_UNDECLARED', {
    where,
    found: `a HelmChart inside another whose values do not know the subchart "${key}"`,
    expected: known.length > 0 ? `one of the declared ones: ${known.join(', ')}` : 'a declared subchart',
    remedy: `Declare it among the values of the outer chart: { ${/^\w+$/.test(key) ? key : `'${key}'`}: value.subchart(itsValues) }.`,
  });
}

function twice(where: string, key: string): DrydockError {
  return new DrydockError('SUBCHART_TWICE', {
    where,
    found: `a second subchart called "${key}"`,
    expected: 'a name, or an alias, of its own for each subchart',
    remedy: 'Declare a second key with `value.subchart`, and make the chart under that id.',
  });
}

function otherValues(where: string, key: string): DrydockError {
  return new DrydockError('SUBCHART_VALUES', {
    where,
    found: 'a chart that takes other values than its parent declares for it',
    expected: `the values that the parent gives to \`value.subchart\` for "${key}"`,
    remedy: 'Give `value.subchart` the values that the class of the chart gives to `super`, the same object.',
  });
}

function cycle(where: string, around: readonly ChartView[], child: ChartView): DrydockError {
  const names = [...around, child].map(({ chartName }) => chartName);
  return new DrydockError('CHART_CYCLE', {
    where,
    found: `charts in each other: ${names.join(' > ')}`,
    expected: 'no chart inside a chart of the same name',
    remedy: 'Take one of them out, or give it another name: helm keeps the helpers of charts apart by name.',
  });
}
