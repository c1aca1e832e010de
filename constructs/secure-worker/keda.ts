import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import type { KubeManifest } from '../../core/tree';
import type { Condition } from '../condition';
import { orDefault } from '../condition';
import type { Labels } from '../identity';
import type { Manifest } from '../workload/workload';

/** How many pods run, as KEDA sees that there is work. KEDA has to be installed in the cluster. */
export interface KedaScaling {
  /**
   * Whether it does; otherwise `replicas` says how many.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * As many run in any case; 0: none while there is nothing to do.
   * @default 0
   */
  readonly minReplicas?: Templated<number | undefined>;
  /** No more than these run. */
  readonly maxReplicas: Templated<number>;
  /** Where KEDA looks for work. As many pods run as the one of them asks for that asks for most. */
  readonly triggers: readonly KedaTrigger[];
  /**
   * How often it looks.
   * @default 30
   */
  readonly pollingSeconds?: Templated<number | undefined>;
  /**
   * How long after the last work the last pod goes, where `minReplicas` is 0.
   * @default 300
   */
  readonly cooldownSeconds?: Templated<number | undefined>;
}

/** One place where KEDA looks, as the documentation of its scaler says. */
export interface KedaTrigger {
  /** The scaler, such as `rabbitmq`, `kafka`, `aws-sqs-queue` or `prometheus`. */
  readonly type: string;
  /** What the scaler is told; all of it texts, as KEDA wants it. */
  readonly metadata: Templated<Labels>;
  /**
   * Where the scaler finds its credentials.
   * @default - none, or those of the cloud
   */
  readonly authentication?: {
    readonly name: Templated<string>;
    /** @default 'TriggerAuthentication' */
    readonly kind?: 'TriggerAuthentication' | 'ClusterTriggerAuthentication';
  };
}

export interface ScaledObject extends KubeManifest {
  readonly spec: {
    readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly pollingInterval: number;
    readonly cooldownPeriod: number;
    readonly triggers: readonly {
      readonly type: string;
      readonly metadata: Labels;
      readonly authenticationRef?: { readonly name: string; readonly kind?: string };
    }[];
  };
}

const pods = (min: number) => prop.integer({ min, max: 10_000, code: 'SCALING_RANGE' });

export const keda = prop.object<KedaScaling>(
  {
    enabled: prop.boolean(),
    minReplicas: pods(0).orAbsent(),
    maxReplicas: pods(1).required(),
    triggers: prop
      .list(
        prop.object<KedaTrigger>({
          type: prop
            .text({
              expected: 'a scaler of KEDA, such as rabbitmq',
              remedy: 'Write it as the documentation of KEDA does.',
              pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
            })
            .required(),
          metadata: prop
            .map(prop.text(), prop.text({ minLength: 0 }), 'texts by name, such as { queueName: "mails" }')
            .required(),
          authentication: prop.object<NonNullable<KedaTrigger['authentication']>>({
            name: prop.objectName().required(),
            kind: prop.oneOf(['TriggerAuthentication', 'ClusterTriggerAuthentication']),
          }),
        }),
        { minItems: 1 },
      )
      .required(),
    pollingSeconds: prop.integer({ min: 1 }).orAbsent(),
    cooldownSeconds: prop.integer().orAbsent(),
  },
  { switchedBy: 'enabled' },
);

export const KEDA_MIN_REPLICAS = 0;

/** Whether KEDA decides how many pods run. */
export function isScaledByKeda(scaling: KedaScaling | undefined): Condition {
  return scaling ? (scaling.enabled ?? true) : false;
}

export function scaledObject(
  metadata: { readonly name: Templated<string> } & Readonly<Record<string, unknown>>,
  { minReplicas, maxReplicas, pollingSeconds, cooldownSeconds, triggers }: KedaScaling,
): Manifest<ScaledObject> {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name },
      minReplicaCount: orDefault(minReplicas, KEDA_MIN_REPLICAS),
      maxReplicaCount: maxReplicas,
      pollingInterval: orDefault(pollingSeconds, 30),
      cooldownPeriod: orDefault(cooldownSeconds, 300),
      triggers: triggers.map(({ type, metadata: told, authentication }) => ({
        type,
        metadata: told,
        authenticationRef: authentication,
      })),
    },
  };
}
