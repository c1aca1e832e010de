import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { type Expression, type Templated, text } from '../core/template';
import { chart as chartFacts, HelmChart, release } from '../core/tree';

type Labels = Readonly<Record<string, string>>;

/** What tells the objects of one component from all others. */
export interface Identity {
  /** The name that the component's objects begin with. */
  readonly name: Templated<string>;
  /** For selectors: what never changes over the life of a release. */
  readonly selectorLabels: Templated<Labels>;
  /** For metadata. */
  readonly labels: Templated<Labels>;
}

/**
 * Names and labels for a component. In a HelmChart they begin with the release, so that two releases in one namespace
 * do not touch each other; in a stock chart they come from the chart's id.
 */
export function identityOf(component: IConstruct): Identity {
  const chart = Chart.of(component);
  const id = component.node.id;
  return chart instanceof HelmChart ? inHelmChart(chart, id) : inStockChart(chart.node.id, id);
}

function inHelmChart(chart: HelmChart, id: string): Identity {
  const selector = { 'app.kubernetes.io/name': id, 'app.kubernetes.io/instance': release.name };
  const chartLabel: Expression<string> = chart.helper(
    'chart',
    text`${chartFacts.name}-${chartFacts.version}`,
  );
  return {
    name: chart.nameFor(id),
    selectorLabels: chart.helper<Labels>(`${id}.selectorLabels`, selector as never),
    labels: chart.helper<Labels>(`${id}.labels`, {
      ...selector,
      'app.kubernetes.io/part-of': chart.nameInLabels,
      'app.kubernetes.io/version': chartFacts.appVersion.labelValue(),
      'app.kubernetes.io/managed-by': release.service,
      'helm.sh/chart': chartLabel,
    } as never),
  };
}

function inStockChart(chart: string, id: string): Identity {
  const selectorLabels = { 'app.kubernetes.io/name': id, 'app.kubernetes.io/instance': chart };
  return {
    name: chart ? `${chart}-${id}` : id,
    selectorLabels,
    labels: { ...selectorLabels, 'app.kubernetes.io/part-of': chart || id },
  };
}
