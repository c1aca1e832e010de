import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  asMeant,
  carriedNode,
  Expression,
  isNode,
  spreadNodesOf,
  type Templated,
  text,
  textMarker,
} from '../core/template';
import { COMPONENT, chartLabels, guardsOf, HelmChart, PART_OF } from '../core/tree';
import { ConstructError } from './construct-error';

export type Labels = Readonly<Record<string, string>>;

/** What tells the objects of one component from all others. */
export interface Identity {
  /** The name that the component's objects begin with. */
  readonly name: Templated<string>;
  /** For selectors: what never changes over the life of a release. */
  readonly selectorLabels: Templated<Labels>;
  /** For pods: no version among them, or a new version of the chart alone would replace every pod. */
  readonly podLabels: Templated<Labels>;
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
  if (!(id instanceof Expression)) claimName(chart, component, id);
  if (!(chart instanceof HelmChart)) {
    const { id: chartId } = chart.node;
    return {
      name: chartId ? prefixed(chartId, id) : id,
      ...inStockChart(chartId || id, id),
    };
  }
  return {
    // The component that a chart is about bears the name of the release alone.
    name: id === chart.chartName ? chart.fullname : prefixed(chart.fullname, id),
    ...inHelmChart(chart, id),
  };
}

/**
 * The labels of the convention (record 0024) for an object that no construct of this library makes, such as one of a
 * custom resource: as texts, so that every construct takes them.
 *
 * @param component the part of the application that the object belongs to
 *
 * @example
 * new KubeObject(shop, 'secrets', {
 *   apiVersion: 'external-secrets.io/v1',
 *   kind: 'ExternalSecret',
 *   metadata: { name: shop.nameFor('secrets'), labels: labelsFor(shop, 'secrets') },
 * });
 */
export function labelsFor(scope: IConstruct, component: string): Labels {
  const chart = Chart.of(scope);
  const { labels } =
    chart instanceof HelmChart
      ? inHelmChart(chart, component)
      : inStockChart(chart.node.id || component, component);
  return textEntries(labels);
}

/** Labels one by one as texts, with stand-ins: a class that knows nothing of expressions copies entries, not the map. */
export function textEntries(labels: Templated<Labels>): Record<string, string> {
  const entries = Object.entries(labelEntries(labels)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const node = isNode(value) ? value : carriedNode(value);
      return [key, node ? textMarker(node) : String(value)];
    }),
  );
}

function prefixed(prefix: Templated<string>, id: Templated<string>): Templated<string> {
  return text`${prefix}-${id}`;
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
  // Two components under conditions may exclude each other.
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

type LabelSets = Omit<Identity, 'name'>;

/** Those of the chart, which all of its components share, and the component beside them. */
function inHelmChart(chart: HelmChart, component: Templated<string>): LabelSets {
  const { selector, all } = chartLabels(chart);
  const own = { [COMPONENT]: component };
  return {
    selectorLabels: { ...own, ...selector },
    podLabels: { ...own, [PART_OF]: chart.partOf, ...selector },
    labels: { ...own, ...all },
  };
}

/** A stock chart is its own application, and its own release: it is installed once. */
function inStockChart(chart: Templated<string>, component: Templated<string>): LabelSets {
  const selectorLabels = {
    [COMPONENT]: component,
    'app.kubernetes.io/name': chart,
    'app.kubernetes.io/instance': chart,
  };
  const labels = { ...selectorLabels, [PART_OF]: chart };
  return { selectorLabels, podLabels: labels, labels };
}

/** A map with the library's own entries; those of the user do not take their place. */
export function withLabels(
  more: Templated<Labels | undefined> | undefined,
  own: Templated<Labels>,
): Templated<Labels> {
  if (more === undefined) return own;
  if (more instanceof Expression || spreadNodesOf(more).length > 0)
    return { ...more, ...own } as Templated<Labels>;
  const reserved = labelEntries(own);
  const others = Object.entries(more).filter(([key]) => !Object.hasOwn(reserved, key));
  return { ...Object.fromEntries(others), ...own } as Templated<Labels>;
}

/** The labels one by one, also those that a helper of the chart holds. */
export function labelEntries(labels: Templated<Labels>): Record<string, Templated<string>> {
  const node = carriedNode(labels);
  if (node) return node.op.op === 'fragment' ? (node.op.body as Record<string, Templated<string>>) : {};
  const helpers = spreadNodesOf(labels).map((spread) => labelEntries(new Expression<Labels>(spread)));
  return Object.assign({}, ...helpers, labels);
}
