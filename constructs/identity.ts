import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { asMeant, Expression, type Templated, text } from '../core/template';
import { chart as chartFacts, guardsOf, HelmChart, release } from '../core/tree';
import { ConstructError } from './construct-error';

export type Labels = Readonly<Record<string, string>>;

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
 * do not touch each other; in a stock chart they come from the chart's id. Two components of one chart cannot have
 * the same name.
 *
 * @param name instead of the construct's id; one that holds expressions is used as it is.
 */
export function identityOf(component: IConstruct, name?: Templated<string>): Identity {
  const chart = Chart.of(component);
  const id = asMeant(name) ?? component.node.id;
  if (id instanceof Expression) return ofExpression(chart, id);
  claimName(chart, component, id);
  return chart instanceof HelmChart ? inHelmChart(chart, id) : inStockChart(chart.node.id, id);
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const taken = new WeakMap<Chart, Map<string, IConstruct>>();

function claimName(chart: Chart, component: IConstruct, name: string): void {
  const prop = 'id';
  if (!NAME.test(name)) {
    throw new ConstructError('NAME_INVALID', component, prop, {
      found: JSON.stringify(name),
      expected: 'lower-case letters, digits and dashes, at most 63',
      remedy: 'Objects and labels are named after the id; choose another one, or give the prop `name`.',
    });
  }
  const names = taken.get(chart) ?? new Map<string, IConstruct>();
  taken.set(chart, names);
  const before = names.get(name);
  // Two that stand under conditions may exclude each other.
  const mayBeApart = before && guardsOf(before).length > 0 && guardsOf(component).length > 0;
  if (before && !mayBeApart) {
    throw new ConstructError('NAME_TAKEN', component, prop, {
      found: `the name "${name}", which ${before.node.path} has already`,
      expected: 'a name of its own for every component of a chart',
      remedy: 'Both would write the same objects; give one of them another id or the prop `name`.',
    });
  }
  names.set(name, component);
}

function inHelmChart(chart: HelmChart, id: string): Identity {
  // An umbrella has one release name for all of its charts, and a chart can be in it twice, under two aliases.
  const selector = {
    'app.kubernetes.io/name': id,
    'app.kubernetes.io/instance': release.name,
    'app.kubernetes.io/part-of': chart.nameInLabels,
  };
  const chartLabel: Expression<string> = chart.helper(
    'chart',
    text`${chartFacts.name}-${chartFacts.version}`.labelValue(),
  );
  return {
    // The component that a chart is about bears the name of the release alone.
    name: id === chart.chartName ? chart.fullname : chart.nameFor(id),
    selectorLabels: chart.helper<Labels>(`${id}.selectorLabels`, selector as never),
    labels: chart.helper<Labels>(`${id}.labels`, {
      ...selector,
      'app.kubernetes.io/version': chartFacts.appVersion.labelValue(),
      'app.kubernetes.io/managed-by': release.service,
      'helm.sh/chart': chartLabel,
    } as never),
  };
}

function inStockChart(chart: string, id: string): Identity {
  const selectorLabels = { 'app.kubernetes.io/name': id, 'app.kubernetes.io/instance': chart || id };
  return {
    name: chart ? `${chart}-${id}` : id,
    selectorLabels,
    labels: { ...selectorLabels, 'app.kubernetes.io/part-of': chart || id },
  };
}

/** A name that is known at installation, such as an entry of a loop: no helper can be made of it. */
function ofExpression(chart: Chart, id: Expression<string>): Identity {
  const isOurs = chart instanceof HelmChart;
  const instance = isOurs ? release.name : chart.node.id;
  const own = { 'app.kubernetes.io/name': id, 'app.kubernetes.io/instance': instance };
  const partOf = { 'app.kubernetes.io/part-of': isOurs ? chart.nameInLabels : chart.node.id };
  return {
    name: isOurs ? text`${chart.fullname}-${id}` : text`${chart.node.id}-${id}`,
    selectorLabels: isOurs ? { ...own, ...partOf } : own,
    labels: { ...own, ...partOf },
  };
}
