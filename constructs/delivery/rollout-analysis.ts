import { Construct } from 'constructs';
import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import { type KubeManifest, KubeObject } from '../../core/tree';
import { orDefault } from '../condition';
import { identityOf, type Labels, withLabels } from '../identity';
import { requireProps } from '../require';

/** One question to Prometheus, and what is a good answer. */
export interface AnalysisMetric {
  /** In PromQL; `{{args.service}}` is what the delivery tells as `service`. No answer is no success. */
  readonly query: Templated<string>;
  /** What is right, in the words of Argo Rollouts, such as `result[0] < 0.05`. */
  readonly success: Templated<string>;
  /**
   * How often it is asked.
   * @default 1
   */
  readonly count?: Templated<number | undefined>;
  /**
   * The time between two questions.
   * @default '1m'
   */
  readonly interval?: Templated<string | undefined>;
  /**
   * The time before the first question: what is measured needs requests.
   * @default - none
   */
  readonly initialDelay?: Templated<string>;
  /**
   * So many wrong answers are none too many.
   * @default 0
   */
  readonly failureLimit?: Templated<number | undefined>;
}

/** What is measured of a new version. */
export interface RolloutAnalysisProps {
  /** Where Prometheus is asked, as the controller of Argo Rollouts reaches it. */
  readonly prometheus: Templated<string>;
  /** The questions, by name. All have to succeed. */
  readonly metrics: Readonly<Record<string, AnalysisMetric>>;
  /**
   * What a delivery has to tell, by name.
   * @default - nothing
   */
  readonly args?: readonly string[];
  /**
   * What the AnalysisTemplate is called.
   * @default - as the construct is
   */
  readonly name?: Templated<string>;
  /**
   * More labels. Those that this library sets win.
   * @default - none
   */
  readonly labels?: Templated<Labels>;
  /**
   * Annotations.
   * @default - none
   */
  readonly annotations?: Templated<Labels>;
}

const argName = prop.text({
  expected: 'the name of an argument, such as service-name',
  remedy: 'Use letters, digits, dash and underscore.',
  pattern: '^[A-Za-z0-9]([-_A-Za-z0-9]*[A-Za-z0-9])?$',
});
const words = (expected: string) => prop.text({ expected, remedy: 'Say it.' });

const shape = prop.object<RolloutAnalysisProps>(
  {
    prometheus: prop
      .text({
        expected: 'an address of Prometheus, such as http://prometheus.monitoring:9090',
        remedy: 'Write it with http:// or https://, without credentials.',
        pattern: '^https?://[^@\\s]+$',
      })
      .required(),
    metrics: prop
      .map(
        prop.dnsLabel(),
        prop.object<AnalysisMetric>({
          query: words('a query in PromQL').required(),
          success: words('a condition such as result[0] < 0.05').required(),
          count: prop.integer({ min: 1, max: 10_000 }).orAbsent(),
          interval: prop.duration().orAbsent(),
          initialDelay: prop.duration(),
          failureLimit: prop.integer({ max: 10_000 }).orAbsent(),
        }),
        'questions by name, such as { errors: { query, success } }',
      )
      .inProgram()
      .required(),
    args: prop.list(argName).inProgram(),
    name: prop.objectName(),
    labels: prop.labels(),
    annotations: prop.annotations(),
  },
  { expected: 'an object with prometheus and metrics' },
);

export const ANALYSIS_COUNT = 1;
export const ANALYSIS_INTERVAL = '1m';

interface AnalysisTemplate extends KubeManifest {
  readonly spec: {
    readonly args?: readonly { readonly name: string }[];
    readonly metrics: readonly object[];
  };
}

/**
 * Questions to Prometheus by which Argo Rollouts decides whether a new version goes on: an AnalysisTemplate. An answer that is
 * empty, or none, is no success.
 *
 * @example
 * const errors = new RolloutAnalysis(shop, 'errors', {
 *   prometheus: 'http://prometheus.monitoring:9090',
 *   metrics: {
 *     errors: {
 *       query: 'sum(rate(http_errors_total{service="web"}[1m])) / sum(rate(http_requests_total{service="web"}[1m]))',
 *       success: 'result[0] < 0.05',
 *       count: 5,
 *     },
 *   },
 * });
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/web:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   replicas: 4,
 *   delivery: { canary: { steps: [{ setWeight: 25 }, { analysis: { templates: [errors] } }, { pause: {} }] } },
 * });
 */
export class RolloutAnalysis extends Construct {
  /** The AnalysisTemplate. */
  readonly template: KubeObject<AnalysisTemplate>;
  readonly templateName: Templated<string>;

  constructor(scope: Construct, id: string, props: RolloutAnalysisProps) {
    super(scope, id);
    requireProps(this, shape, props);
    const { name, labels } = identityOf(this, props.name);
    const { prometheus: address, metrics, args = [], annotations } = props;
    this.templateName = name;
    this.template = new KubeObject<AnalysisTemplate>(this, 'template', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name, labels: withLabels(props.labels, labels), annotations },
      spec: {
        args: args.length > 0 ? args.map((one) => ({ name: one })) : undefined,
        metrics: Object.entries(metrics).map(([of, metric]) => ({
          name: of,
          count: orDefault(metric.count, ANALYSIS_COUNT),
          interval: orDefault(metric.interval, ANALYSIS_INTERVAL),
          initialDelay: metric.initialDelay,
          failureLimit: orDefault(metric.failureLimit, 0),
          successCondition: metric.success,
          provider: { prometheus: { address, query: metric.query } },
        })),
      },
    });
  }
}
