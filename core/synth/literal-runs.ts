import type { Chart } from 'cdk8s';
import type { JsonObject } from '../template';
import { HelmChart, helmChartOf } from '../tree';
import type { Literals } from '../values';
import { isLeftOut } from './rendering';

/** One run of a program with literals: what each `defineValues` gives, and the charts that it is right for, by path. */
export type LiteralRun = Literals;

type Sets = LiteralRun['sets'][number][];

/**
 * The runs that it takes to try every chart of an app with literals. A chart that an umbrella has twice has its values
 * once, for both; where they differ, each has a run of its own.
 */
export function literalRuns(charts: readonly Chart[]): LiteralRun[] {
  const first: Sets = [];
  const others: { readonly own: HelmChart; readonly sets: Sets }[] = [];
  for (const chart of charts.filter(HelmChart.isHelmChart)) {
    if (isLeftOut(chart)) {
      // Nothing is known of its values, so they stay expressions; their objects are not compared.
      for (const { index } of chart.owners) first[index] ??= null;
      continue;
    }
    const sets = setsOf(chart);
    const differs = sets.some((set, index) => set && first[index] && !isSame(set, first[index]));
    if (differs) others.push({ own: chart, sets });
    sets.forEach((set, index) => {
      first[index] ??= set;
    });
  }
  const apart = new Set<unknown>(others.map(({ own }) => own));
  const pathsOf = (fits: (owner: unknown) => boolean) =>
    charts.filter((chart) => fits(helmChartOf(chart)) && !isLeftOut(chart)).map(({ node }) => node.path);
  return [
    { sets: filled(first), charts: pathsOf((owner) => !apart.has(owner)) },
    ...others.map(({ own, sets }) => ({
      sets: filled(Array.from(first, (set, index) => sets[index] ?? set)),
      charts: pathsOf((owner) => owner === own),
    })),
  ];
}

function setsOf(chart: HelmChart): Sets {
  const inputs = chart.inputs();
  const sets: Sets = [];
  for (const owner of chart.owners)
    sets[owner.index] = { names: owner.names, values: inputs.values.get(owner) as JsonObject };
  return sets;
}

/** Whether a program that reads the declared names sees no difference. */
function isSame(a: NonNullable<Sets[number]>, b: NonNullable<Sets[number]>): boolean {
  return a.names
    .split(' ')
    .every((name) => JSON.stringify(a.values[name]) === JSON.stringify(b.values[name]));
}

function filled(sets: Sets): Sets {
  return Array.from(sets, (set) => set ?? null);
}
