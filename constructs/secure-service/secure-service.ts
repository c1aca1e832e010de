import type { Construct, IConstruct } from 'constructs';
import type { Templated } from '../../core/template';
import { type KubeManifest, KubeObject } from '../../core/tree';
import type {
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  StatefulSet,
} from '../../imports/k8s';
import type { Delivery } from '../delivery/delivery';
import { ROLLOUT, ROLLOUT_HASH, type Rollout, rolloutStrategy, secondService } from '../delivery/strategy';
import type { Identity, Labels } from '../identity';
import { type PlusModule, type PlusObjects, plusObjects } from '../interop/plus';
import { type Caller, isCaller, Peer, type Reachable, type Rule } from '../network/peer';
import { checkPeers } from '../network/peer-checks';
import { fromPlus, type PlusPeer } from '../network/plus-peer';
import type { Monitor } from '../workload/metrics';
import type { Recommender } from '../workload/recommender';
import { ReplicatedWorkload } from '../workload/replicated';
import { hasSeveral, replicas, spreadConstraints } from '../workload/scaling';
import { claimRetention, type Storage, volumeClaim } from '../workload/storage';
import { otherNamespace, presenceOf, requireSameApp } from '../workload/topology';
import { deploymentStrategy, statefulSetStrategy } from '../workload/update-strategy';
import type { Manifest } from '../workload/workload';
import { checkProps } from './checks';
import { ingress } from './exposure';
import { incoming } from './incoming';
import type { SecureServiceProps } from './props';
import { metricsPortName, portNameOf, scheme, servicePortOf } from './protocol';
import { grpcRoute, httpRoute, type Route, type RouteBackend, type RouteOptions, tlsRoute } from './routes';
import { headlessName, headlessService, insideOnly, service, servingParts } from './serving';

/**
 * One service, run well: a Deployment (a StatefulSet where it has storage), its Service, ServiceAccount and
 * NetworkPolicy; with two replicas or more a PodDisruptionBudget; an Ingress, HTTPRoute and HorizontalPodAutoscaler
 * where wanted. With `delivery` a Rollout of Argo takes the Deployment's place. It meets Pod Security "restricted" unless a
 * prop says otherwise.
 *
 * Every object is a field, so `service.workload.addJsonPatch(JsonPatch.remove('/spec/strategy'))` reaches what no prop
 * does.
 *
 * @example
 * const api = new SecureService(shop, 'api', {
 *   image: 'registry.example.com/api:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   replicas: 2,
 * });
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/web:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   env: { API_URL: api.url },
 *   allowTo: [api],
 * });
 */
export class SecureService extends ReplicatedWorkload<SecureServiceProps> implements Reachable {
  /** The name by which other pods of the cluster reach the service. */
  readonly serviceName: Templated<string>;
  /** The port of the Service. */
  readonly servicePort: Templated<number>;
  /** The Deployment, StatefulSet or Rollout. */
  readonly workload: KubeObject<KubeManifest>;
  readonly service: KubeObject<Service>;
  readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;
  /** Absent where there is one replica. */
  readonly disruptionBudget: KubeObject<PodDisruptionBudget> | undefined;
  readonly autoscaler: KubeObject<HorizontalPodAutoscaler> | undefined;
  /** What the Vertical Pod Autoscaler is asked. */
  readonly recommender: KubeObject<Recommender> | undefined;
  readonly ingress: KubeObject<Ingress> | undefined;
  readonly httpRoute: KubeObject<Route> | undefined;
  readonly grpcRoute: KubeObject<Route> | undefined;
  readonly tlsRoute: KubeObject<Route> | undefined;
  /** The ServiceMonitor, or, with storage or two Services, the PodMonitor. */
  readonly monitor: KubeObject<Monitor> | undefined;

  private readonly callers: Rule[] = [];

  constructor(scope: Construct, id: string, props: SecureServiceProps) {
    super(scope, id, props, checkProps);
    const { annotations } = props;
    this.serviceName = props.serviceName ?? this.identity.name;
    this.servicePort = servicePortOf(props);
    this.workload = this.addPods();
    this.service = new KubeObject<Service>(this, 'service', service(this.identity, props));
    const second = secondService(props.delivery, this.serviceName);
    if (second !== undefined)
      new KubeObject<Service>(this, 'second-service', service(this.identity, insideOnly(props, second)));
    if (props.storage)
      new KubeObject<Service>(this, 'headless-service', headlessService(this.identity, props));
    this.networkPolicy = this.addNetworkPolicy(() => ({
      from: [...incoming(props), ...this.callers],
      ports: [{ port: props.port, protocol: 'TCP' }],
    }));
    for (const peer of props.allowFrom ?? []) if (isCaller(peer)) this.allowFrom(peer);
    this.openWays();
    this.disruptionBudget = this.addDisruptionBudget(hasSeveral(props));
    const kind = props.storage ? 'StatefulSet' : props.delivery ? 'Rollout' : 'Deployment';
    this.autoscaler = this.addAutoscaler(kind);
    this.recommender = this.addRecommender(kind);
    const outside = props.ingress;
    this.ingress =
      outside &&
      this.objectWhen(outside.enabled ?? true, 'ingress', () =>
        ingress(this.identity, outside, { name: this.serviceName, portName: portNameOf(props) }, annotations),
      );
    this.httpRoute = this.addRoute('http-route', props.httpRoute, httpRoute);
    this.grpcRoute = this.addRoute('grpc-route', props.grpcRoute, grpcRoute);
    this.tlsRoute = this.addRoute('tls-route', props.tlsRoute, tlsRoute);
    // With two Services Prometheus would read each pod twice: it is told of the pods instead.
    const asked = props.storage || second !== undefined ? 'PodMonitor' : 'ServiceMonitor';
    this.monitor = this.addMonitor(asked, props.allowPrometheus?.monitor, metricsPortName(props));
  }

  /** `http://name:port`, for the environment of its callers; `https` where that is what the service speaks. */
  get url(): Templated<string> {
    const isTls = scheme(this.props) === 'HTTPS';
    const port = this.servicePort === (isTls ? 443 : 80) ? '' : `:${this.servicePort}`;
    return `${isTls ? 'https' : 'http'}://${this.serviceName}${port}`;
  }

  /** Lets another service, or somebody else, call this one. The other service is let out as well. */
  allowFrom(given: Caller | Peer | PlusPeer): void {
    checkPeers(this, 'allowFrom', [given], isCaller);
    const peer = fromPlus(given);
    if (isCaller(peer)) peer.allowTo(this);
    else this.callers.push({ peer, enabled: true });
  }

  /**
   * Lets the pods of another construct in, where both are there, and says where to find this service: for constructs
   * that are no service.
   */
  letIn(caller: IConstruct, labels: Templated<Labels>): Rule {
    requireSameApp(caller, this, 'allowTo');
    const { port } = this.props;
    const from = Peer.pods(labels, { namespace: otherNamespace(this, caller), port });
    const to = Peer.pods(this.selectorLabels, { namespace: otherNamespace(caller, this), port });
    this.callers.push({ peer: from, enabled: presenceOf(caller) });
    return { peer: to, enabled: presenceOf(this) };
  }

  /**
   * Objects of a cdk8s-plus that stand for this service, so that its Ingress, NetworkPolicy and bindings take it:
   * `import * as kplus from 'cdk8s-plus-34'; service.plus(kplus).service`.
   */
  plus<K extends PlusModule>(kplus: K): PlusObjects<K> {
    return plusObjects(kplus, {
      service: this.serviceName,
      port: this.servicePort,
      labels: this.selectorLabels,
      account: this.serviceAccountName,
    });
  }

  private addRoute<O extends RouteOptions>(
    id: string,
    options: O | undefined,
    render: (
      ...args: [Identity, O, Templated<RouteBackend>, Templated<Labels | undefined> | undefined]
    ) => Manifest<Route>,
  ): KubeObject<Route> | undefined {
    if (!options) return undefined;
    const backend = { name: this.serviceName, port: this.servicePort };
    return this.objectWhen(options.enabled ?? true, id, () =>
      render(this.identity, options, backend, this.props.annotations),
    );
  }

  private addPods(): KubeObject<KubeManifest> {
    const { storage, delivery } = this.props;
    if (storage) return this.addStatefulSet(storage);
    return delivery ? this.addRollout(delivery) : this.addDeployment();
  }

  private addRollout(delivery: Delivery): KubeObject<KubeManifest> {
    const { props, selectorLabels } = this;
    return this.addWorkload<Rollout>('rollout', () => ({
      ...ROLLOUT,
      metadata: this.metadata,
      spec: {
        replicas: replicas(props) as number,
        selector: { matchLabels: selectorLabels },
        template: this.podTemplate({
          ...servingParts(props),
          spread: spreadConstraints(props.spread, selectorLabels, ROLLOUT_HASH),
        }),
        strategy: rolloutStrategy(delivery, this.serviceName),
      },
    }));
  }

  private addDeployment(): KubeObject<KubeManifest> {
    const { props, selectorLabels } = this;
    return this.addWorkload<Deployment>('deployment', () => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: this.metadata,
      spec: {
        replicas: replicas(props) as number,
        strategy: deploymentStrategy(props.updateStrategy),
        selector: { matchLabels: selectorLabels },
        template: this.podTemplate({
          ...servingParts(props),
          spread: spreadConstraints(props.spread, selectorLabels, 'pod-template-hash'),
        }),
      },
    }));
  }

  private addStatefulSet(storage: Storage): KubeObject<KubeManifest> {
    const { props, selectorLabels } = this;
    return this.addWorkload<StatefulSet>('stateful-set', () => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: this.metadata,
      spec: {
        replicas: replicas(props) as number,
        serviceName: headlessName(this.identity),
        podManagementPolicy: 'OrderedReady',
        updateStrategy: statefulSetStrategy(props.updateStrategy),
        persistentVolumeClaimRetentionPolicy: claimRetention(storage),
        selector: { matchLabels: selectorLabels },
        template: this.podTemplate({
          ...servingParts(props),
          spread: spreadConstraints(props.spread, selectorLabels, undefined),
        }),
        volumeClaimTemplates: [volumeClaim(storage, selectorLabels)],
      },
    }));
  }
}
