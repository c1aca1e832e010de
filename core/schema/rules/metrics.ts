import type {
  ContainerResourceMetricSource,
  ExternalMetricSource,
  MetricSpec,
  MetricTarget,
  ObjectMetricSource,
  PodsMetricSource,
  ResourceMetricSource,
} from '../../../imports/k8s';
import { describe } from '../fault';
import { quantityOf } from '../quantity';
import type { Walk } from '../walk';
import { type ObjectRule, rule } from './rule';

/** What an autoscaler looks at. */

const SOURCES: Readonly<Record<string, keyof MetricSpec>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

const isSet = (value: unknown) => value !== undefined && value !== null;

const sourceOfType = rule<MetricSpec>((metric, walk) => {
  const { type } = metric;
  if (typeof type !== 'string') return;
  const wanted = Object.hasOwn(SOURCES, type) ? SOURCES[type] : undefined;
  if (wanted === undefined) {
    walk.fault(['type'], { found: describe(type), expected: Object.keys(SOURCES).join(', ') });
    return;
  }
  if (!isSet(metric[wanted]))
    walk.fault([wanted], { found: 'nothing', expected: `what is looked at, as the type ${type} says` });
  for (const other of Object.values(SOURCES))
    if (other !== wanted && isSet(metric[other]))
      walk.fault([other], {
        found: `${other}, beside the type ${type}`,
        expected: `${wanted} alone`,
        remedy: 'Write a metric of its own for it.',
      });
});

/** Each amount that is set is above zero. */
const targetIsPositive = rule<MetricTarget>(({ value, averageValue, averageUtilization }, walk) => {
  for (const [name, amount] of Object.entries({ value, averageValue }))
    if (isSet(amount) && (quantityOf(amount) ?? 1) <= 0)
      walk.fault([name], { found: describe(amount), expected: 'an amount above zero' });
  if (isSet(averageUtilization) && (averageUtilization as number) < 1)
    walk.fault(['averageUtilization'], {
      found: String(averageUtilization),
      expected: '1 or more, in percent',
    });
});

/** One of the ways in which the target of a source may be said. */
function targetSays(
  walk: Walk,
  target: MetricTarget | undefined,
  fields: readonly (keyof MetricTarget)[],
  mayBeSeveral = false,
): void {
  // That it has to be there the schema says.
  if (!target) return;
  const said = fields.filter((field) => isSet(target[field]));
  if (said.length === 0)
    walk.fault(['target', fields[0] as string], { found: 'nothing', expected: fields.join(' or ') });
  else if (said.length > 1 && !mayBeSeveral)
    walk.fault(['target', fields[0] as string], {
      found: said.join(' and '),
      expected: `one of ${fields.join(', ')}`,
      remedy: 'Remove one of them.',
    });
}

const VALUES = ['averageValue', 'value'] as const;
const SHARES = ['averageUtilization', 'averageValue'] as const;

/** What the API server asks of the metrics of an autoscaler. */
export const metricRules: Readonly<Record<string, readonly ObjectRule[]>> = {
  MetricSpec: [sourceOfType],
  MetricTarget: [targetIsPositive],
  ObjectMetricSource: [
    rule<ObjectMetricSource>(({ target }, walk) => targetSays(walk, target, VALUES, true)),
  ],
  ExternalMetricSource: [rule<ExternalMetricSource>(({ target }, walk) => targetSays(walk, target, VALUES))],
  PodsMetricSource: [
    rule<PodsMetricSource>(({ target }, walk) => targetSays(walk, target, ['averageValue'], true)),
  ],
  ResourceMetricSource: [rule<ResourceMetricSource>(({ target }, walk) => targetSays(walk, target, SHARES))],
  ContainerResourceMetricSource: [
    rule<ContainerResourceMetricSource>(({ target }, walk) => targetSays(walk, target, SHARES)),
  ],
};
