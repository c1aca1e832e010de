import { Construct } from 'constructs';
import type { Expression, Templated } from '../../core/template';
import { KubeObject, when } from '../../core/tree';
import type { Deployment, Ingress, Service, ServiceAccount } from '../../imports/k8s';
import { type Identity, identityOf } from '../identity';
import { podSpec } from './pod';
import type { ResourcePreset, Resources } from './resources';

export interface SecureServiceProps {
  /** The container image, with a tag or a digest. */
  readonly image: Templated<string>;
  /** The port that the container listens on. */
  readonly port: Templated<number>;
  /** CPU and memory, as a preset or in numbers; there is no unlimited service. */
  readonly resources: ResourcePreset | Resources;
  /**
   * How many pods run.
   * @default 1
   */
  readonly replicas?: Templated<number>;
  /**
   * When the node fetches the image.
   * @default 'IfNotPresent'
   */
  readonly imagePullPolicy?: Templated<'Always' | 'IfNotPresent' | 'Never'>;
  /**
   * Folders that the process may write to; the rest of its root filesystem is read-only.
   * @default - none
   */
  readonly writable?: readonly string[];
  /**
   * Makes the service reachable from outside of the cluster under a host name.
   * @default - not reachable from outside
   */
  readonly ingress?: IngressOptions;
}

export interface IngressOptions {
  /** Whether there is an Ingress at all. @default true */
  readonly enabled?: boolean | Expression<boolean>;
  /** The host name. */
  readonly host: Templated<string>;
  /**
   * The ingress class.
   * @default - the cluster's default class
   */
  readonly className?: Templated<string | undefined>;
}

/**
 * One service, run well: a Deployment, its Service and ServiceAccount, and an Ingress where wanted. It meets Pod
 * Security "restricted" unless a prop says otherwise.
 */
export class SecureService extends Construct {
  /** What the service is called, for whoever talks to it inside of the cluster. */
  readonly serviceName: Templated<string>;

  constructor(scope: Construct, id: string, props: SecureServiceProps) {
    super(scope, id);
    const identity = identityOf(this);
    this.serviceName = identity.name;
    new KubeObject<ServiceAccount>(this, 'service-account', serviceAccount(identity));
    new KubeObject<Deployment>(this, 'deployment', deployment(identity, props));
    new KubeObject<Service>(this, 'service', service(identity));
    const outside = props.ingress;
    if (outside)
      when(
        outside.enabled ?? true,
        () => new KubeObject<Ingress>(this, 'ingress', ingress(identity, outside)),
      );
  }
}

function serviceAccount({ name, labels }: Identity) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, labels },
    automountServiceAccountToken: false,
  } as const;
}

function deployment({ name, labels, selectorLabels }: Identity, props: SecureServiceProps) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: props.replicas ?? 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selectorLabels },
      // Not all labels: a new chart version alone shall not replace every pod.
      template: { metadata: { labels: selectorLabels }, spec: podSpec(props, name) },
    },
  } as const;
}

function service({ name, labels, selectorLabels }: Identity) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels },
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels,
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  } as const;
}

function ingress({ name, labels }: Identity, { host, className }: IngressOptions) {
  const backend = { service: { name, port: { name: 'http' } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, labels },
    spec: {
      ...(className === undefined ? {} : { ingressClassName: className }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  } as const;
}
