import { type Expression, text } from '../template';
import type { ChartView } from './chart-view';
import { chart as facts, release } from './release';

type Labels = Readonly<Record<string, string>>;

/** The part of the application: beside the labels that the whole chart shares, every object has this one of its own. */
export const COMPONENT = 'app.kubernetes.io/component';
/** What is installed together. */
export const PART_OF = 'app.kubernetes.io/part-of';

/**
 * The labels that all objects of a chart share, under the names that every chart has them (record 0024): the two that
 * selectors hold, which never change over the life of a release, and all of them.
 */
export function chartLabels(chart: ChartView): {
  readonly selector: Expression<Labels>;
  readonly all: Expression<Labels>;
} {
  const selector = {
    // A chart can be in an umbrella twice, under two aliases: this is the alias then.
    'app.kubernetes.io/name': chart.nameInLabels,
    'app.kubernetes.io/instance': release.name,
  };
  const chartAndVersion = chart.helper('chart', text`${facts.name}-${facts.version}`.labelValue());
  return {
    selector: chart.helper<Labels>('selectorLabels', selector as never),
    all: chart.helper<Labels>('labels', {
      ...selector,
      [PART_OF]: chart.partOf,
      'app.kubernetes.io/version': facts.appVersion.labelValue(),
      'app.kubernetes.io/managed-by': release.service,
      // Plain YAML is no helm release, so it has no label of helm's.
      'helm.sh/chart': release.service.equals('Helm').then(chartAndVersion),
    } as never),
  };
}
