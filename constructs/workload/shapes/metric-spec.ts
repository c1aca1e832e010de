import { parseQuantity, prop } from '../../../core/props';
import type {
  ExternalMetricSource,
  MetricIdentifier,
  MetricTarget,
  PodsMetricSource,
  ResourceMetricSource,
} from '../../../imports/k8s';

/** What an autoscaler may look at, as the API server takes it. */

const metric = prop.object<MetricIdentifier>({
  name: prop
    .text({
      expected: 'the name of a metric, without "/" and "%"',
      remedy: 'Write the name as the adapter serves it.',
      pattern: '^[^/%]+$',
      also: (name) => name !== '.' && name !== '..',
    })
    .required(),
  selector: prop.data(),
});

const amount = prop.text({
  code: 'QUANTITY_INVALID',
  expected: 'an amount above zero, such as 30, 500m or 1k',
  remedy: 'Correct the amount.',
  pattern: '^[0-9.]*[1-9][0-9.]*(m|[kMGTPE]|[KMGTPE]i)?$',
  also: (given) => (parseQuantity(given) ?? 0) > 0,
});

type Target<K extends keyof MetricTarget> = { readonly type: string } & Required<Pick<MetricTarget, K>>;
const perPod = prop.object<Target<'averageValue'>>({
  type: prop.exactly('AverageValue').required(),
  averageValue: amount.required(),
});
const total = prop.object<Target<'value'>>({
  type: prop.exactly('Value').required(),
  value: amount.required(),
});
const used = prop.object<Target<'averageUtilization'>>({
  type: prop.exactly('Utilization').required(),
  averageUtilization: prop.integer({ min: 1 }).required(),
});

const EITHER = 'an amount for each pod, or all in all';

/** One metric: told apart by its source, as `type` says it again. */
export const metricSpec = prop.forms(
  {
    external: prop.object<{ readonly type: string; readonly external: ExternalMetricSource }>({
      type: prop.exactly('External').required(),
      external: prop
        .object<ExternalMetricSource>({
          metric: metric.required(),
          target: prop.forms({ averageValue: perPod, value: total }, EITHER).required(),
        })
        .required(),
    }),
    pods: prop.object<{ readonly type: string; readonly pods: PodsMetricSource }>({
      type: prop.exactly('Pods').required(),
      pods: prop
        .object<PodsMetricSource>({ metric: metric.required(), target: perPod.required() })
        .required(),
    }),
    resource: prop.object<{ readonly type: string; readonly resource: ResourceMetricSource }>({
      type: prop.exactly('Resource').required(),
      resource: prop
        .object<ResourceMetricSource>({
          name: prop.oneOf(['cpu', 'memory']).required(),
          target: prop.forms({ averageUtilization: used, averageValue: perPod }, EITHER).required(),
        })
        .required(),
    }),
    object: prop.data(),
    containerResource: prop.data(),
  },
  'a metric as Metric.external(...) and its kin give it',
);
