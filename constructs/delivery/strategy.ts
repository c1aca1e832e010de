import type { IConstruct } from 'constructs';
import { type JsonObject, type Templated, text } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import type { PodTemplateSpec } from '../../imports/k8s';
import { orDefault } from '../condition';
import { ConstructError } from '../construct-error';
import type { Labels } from '../identity';
import { MAX_SURGE, MAX_UNAVAILABLE } from '../workload/update-strategy';
import type { BlueGreenDelivery, CanaryDelivery, CanaryStep, Delivery, DeliveryAnalysis } from './delivery';
import { RolloutAnalysis } from './rollout-analysis';

/** What the controller of Argo Rollouts makes pods of. */
export interface Rollout extends KubeManifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: PodTemplateSpec;
    readonly strategy: JsonObject;
  };
}

export const ROLLOUT = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' } as const;
/** The label by which the pods of one version are told from those of another. */
export const ROLLOUT_HASH = 'rollouts-pod-template-hash';
export const KEEP_SECONDS = 30;

/** The Service that leads to the new version alone; undefined where there is none. */
export function secondService(
  delivery: Delivery | undefined,
  serviceName: Templated<string>,
): Templated<string> | undefined {
  if (!delivery) return undefined;
  if ('blueGreen' in delivery) return text`${serviceName}-preview`;
  return delivery.canary.trafficRouting ? text`${serviceName}-canary` : undefined;
}

/** How one version takes the place of another. */
export function rolloutStrategy(delivery: Delivery, serviceName: Templated<string>): Templated<JsonObject> {
  const second = secondService(delivery, serviceName);
  return (
    'blueGreen' in delivery
      ? { blueGreen: blueGreen(delivery.blueGreen, serviceName, second) }
      : { canary: canary(delivery.canary, serviceName, second) }
  ) as Templated<JsonObject>;
}

function canary(
  { steps, analysis, trafficRouting, maxUnavailable, maxSurge }: CanaryDelivery,
  stableService: Templated<string>,
  canaryService: Templated<string> | undefined,
) {
  return {
    steps: steps.map(stepOf),
    analysis: analysis && analysisOf(analysis),
    maxUnavailable: orDefault(maxUnavailable, MAX_UNAVAILABLE),
    maxSurge: orDefault(maxSurge, MAX_SURGE),
    ...(trafficRouting && { stableService, canaryService, trafficRouting }),
  };
}

function stepOf(step: CanaryStep) {
  if ('analysis' in step) return { analysis: analysisOf(step.analysis) };
  return step;
}

function blueGreen(
  { autoPromotion, autoPromotionSeconds, before, after, keepSeconds }: BlueGreenDelivery,
  activeService: Templated<string>,
  previewService: Templated<string> | undefined,
) {
  return {
    activeService,
    previewService,
    autoPromotionEnabled: orDefault(autoPromotion, true),
    autoPromotionSeconds,
    scaleDownDelaySeconds: orDefault(keepSeconds, KEEP_SECONDS),
    prePromotionAnalysis: before && analysisOf(before),
    postPromotionAnalysis: after && analysisOf(after),
  };
}

function analysisOf({ templates, args }: DeliveryAnalysis) {
  return {
    templates: templates.map((one) => ({
      templateName: one instanceof RolloutAnalysis ? one.templateName : one,
    })),
    args: args && Object.entries(args).map(([name, value]) => ({ name, value })),
  };
}

/** Refuses what a delivery cannot do, or what somebody else would do beside it. */
export function checkDelivery(
  construct: IConstruct,
  {
    delivery,
    storage,
    updateStrategy,
  }: { readonly delivery?: Delivery; readonly storage?: unknown; readonly updateStrategy?: unknown },
): void {
  if (!delivery) return;
  const beside = storage ? 'storage' : updateStrategy ? 'updateStrategy' : undefined;
  if (beside)
    throw refused(construct, 'delivery', {
      found: `\`${beside}\` beside it`,
      expected: 'one of the two',
      remedy: storage
        ? 'A Rollout has no volumes of its own: leave out delivery.'
        : 'Say how many pods may be missing or on top in canary, and leave out updateStrategy.',
    });
  if ('blueGreen' in delivery) return;
  const { steps, trafficRouting } = delivery.canary;
  const routed = steps.findIndex((one) => 'setHeaderRoute' in one);
  if (routed >= 0 && !trafficRouting)
    throw refused(construct, `delivery.canary.steps[${routed}]`, {
      found: 'setHeaderRoute, and nothing that reads headers',
      expected: 'trafficRouting beside the steps',
      remedy:
        'Say which mesh, gateway or ingress divides the traffic, or divide it by weight. A Service cannot read headers.',
    });
}

function refused(
  construct: IConstruct,
  prop: string,
  facts: ConstructorParameters<typeof ConstructError>[3],
): ConstructError {
  return new ConstructError('PROP_INVALID', construct, prop, facts);
}
