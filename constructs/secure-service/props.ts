import type { Templated } from '../../core/template';
import type { Condition } from '../condition';
import type { Delivery } from '../delivery/delivery';
import type { Labels } from '../identity';
import type { Caller, Peer } from '../network/peer';
import type { PlusPeer } from '../network/plus-peer';
import type { MonitorOptions } from '../workload/metrics';
import type { Probes } from '../workload/probes';
import type { RunningProps, WorkloadProps } from '../workload/props';
import type { Storage } from '../workload/storage';
import type { IngressOptions } from './exposure';
import type { HttpRouteOptions, RouteOptions } from './routes';

/** A port that may not be there. */
export interface ExtraPort {
  readonly port: Templated<number>;
  /**
   * Whether it is.
   * @default true
   */
  readonly enabled?: Condition;
}

/** How a service is replaced by another version of it. */
export interface DeliveryProps {
  /**
   * Lets the controller of Argo Rollouts put another version in the place of the one that runs: step by step, or whole beside
   * it. It has to be installed in the cluster. Not with `storage`, and not with `updateStrategy`.
   * @default - a Deployment, pod by pod
   */
  readonly delivery?: Delivery;
}

/** What a service serves, and from where. */
export interface ServingProps {
  /** The port that the container listens on. */
  readonly port: Templated<number>;
  /**
   * What the port is called, in the container and in the Service. Service meshes read the protocol from it.
   * @default - by the port: `http`, or `postgresql` for 5432, `redis` for 6379 and so on; a port that is a value needs one
   */
  readonly portName?: string;
  /**
   * What is spoken on the port, as the Service tells meshes, gateways and load balancers.
   * @default - by the name of the port, where that is known: `http`, `grpc`, `redis`, or `tcp` for a database
   */
  readonly appProtocol?: Templated<string>;
  /**
   * More ports of the container, by name; each is a port of the Service too. One may be there on a condition:
   * `{ port: 9090, enabled: values.metrics.enabled }`.
   * @default - none
   */
  readonly ports?: Readonly<Record<string, Templated<number> | ExtraPort>>;
  /**
   * How Kubernetes asks whether the service is well.
   * @default - GET /health for liveness and startup, GET /ready for readiness
   */
  readonly probes?: Probes;
  /**
   * Storage that outlives the pod. The service becomes a StatefulSet, each of its pods with a volume of its own.
   * @default - none
   */
  readonly storage?: Storage;
  /**
   * How long a pod keeps serving after it was told to stop, so that load balancers have taken it out by then.
   * @default 5
   */
  readonly preStopSeconds?: Templated<number | undefined>;
}

/** Who reaches the service. */
export interface NetworkProps {
  /**
   * The Service's port.
   * @default 80
   */
  readonly servicePort?: Templated<number>;
  /**
   * The name of the Service, which others know it by.
   * @default - the name that all objects of the service have
   */
  readonly serviceName?: Templated<string>;
  /**
   * Opens a port on every node. Every client that reaches a node reaches the service, unless `clients` names ranges.
   * @default - none
   */
  readonly nodePort?: NodePortOptions;
  /**
   * Makes the service reachable from outside of the cluster under a host name.
   * @default - not reachable from outside
   */
  readonly ingress?: IngressOptions;
  /**
   * The same through the Gateway API.
   * @default - not reachable from outside
   */
  readonly httpRoute?: HttpRouteOptions;
  /**
   * The same for gRPC.
   * @default - not reachable from outside
   */
  readonly grpcRoute?: RouteOptions;
  /**
   * The same for what is encrypted up to the service itself: the Gateway passes on what it cannot read, by the host name
   * alone.
   * @default - not reachable from outside
   */
  readonly tlsRoute?: RouteOptions;
  /**
   * Asks the cloud for a load balancer. Every client that reaches it reaches the service, unless `clients` names ranges.
   * @default - none
   */
  readonly loadBalancer?: LoadBalancerOptions;
  /**
   * Annotations of the Service, in the place of those of every object, such as those that say how a cloud makes its load
   * balancer.
   * @default - those of every object
   */
  readonly serviceAnnotations?: Templated<Labels>;
  /**
   * `PreferClose`: callers reach pods of their own zone, as long as there are any; it saves the way, and the pods of one
   * zone may get more than others.
   * @default - all pods alike
   */
  readonly trafficDistribution?: 'PreferClose';
  /**
   * Takes an Ingress without TLS, so everybody on the way reads along and can change what is sent. Say so too where
   * something in front of the cluster ends TLS.
   * @default false
   */
  readonly allowPlainIngress?: boolean;
  /**
   * Who may call the service, besides those that name it in their own `allowTo`: constructs of this library, Peers, and
   * workloads of cdk8s-plus, whose own way out is theirs to open.
   * @default - no other caller
   */
  readonly allowFrom?: readonly (Caller | Peer | PlusPeer)[];
  /**
   * Lets the pods of a namespace read metrics.
   * @default - no access
   */
  readonly allowPrometheus?: PrometheusAccess;
}

/** A port on every node. */
export interface NodePortOptions {
  /** The port, 30000 to 32767. */
  readonly port: Templated<number>;
  /**
   * Whether there is one at all.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * Address ranges of those who may call it.
   * @default - everybody
   */
  readonly clients?: readonly Templated<string>[];
}

/** A load balancer of the cloud. */
export interface LoadBalancerOptions {
  /**
   * Whether there is one at all.
   * @default true
   */
  readonly enabled?: Condition;
  /**
   * Address ranges of those who may call it.
   * @default - everybody
   */
  readonly clients?: Templated<readonly string[]>;
  /**
   * Which load balancer, where there are several.
   * @default - the cloud's default
   */
  readonly className?: Templated<string>;
  /**
   * `Local` keeps the addresses of the callers, and asks only nodes that have a pod.
   * @default - `Cluster`
   */
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
}

/** Who scrapes metrics. */
export interface PrometheusAccess {
  /** The namespace in which Prometheus runs. */
  readonly namespace: Templated<string>;
  /**
   * The port with the metrics.
   * @default - the service's own port
   */
  readonly port?: Templated<number>;
  /**
   * Tells Prometheus where to look, by a ServiceMonitor, or with `storage` a PodMonitor. The port has to be the service's own
   * or one of `ports`.
   * @default - Prometheus is told elsewhere
   */
  readonly monitor?: MonitorOptions;
}

/** Everything that can be said of a service; only image, port and resources have to be. */
export interface SecureServiceProps
  extends WorkloadProps,
    ServingProps,
    RunningProps,
    NetworkProps,
    DeliveryProps {}
