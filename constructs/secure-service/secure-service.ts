import { Construct, type IConstruct } from 'constructs';
import type { Templated } from '../../core/template';
import { type KubeManifest, KubeObject, when } from '../../core/tree';
import type {
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
  StatefulSet,
} from '../../imports/k8s';
import { all, type Condition } from '../condition';
import { type Identity, identityOf, type Labels, withLabels } from '../identity';
import { type PlusModule, type PlusObjects, plusObjects } from '../interop/plus';
import { type Caller, isCaller, isReachable, Peer, type Reachable, type Rule } from '../network/peer';
import { checkPeers } from '../network/peer-checks';
import { networkPolicy } from '../network/policy';
import { checkProps } from './checks';
import { type HttpRoute, httpRoute, ingress } from './exposure';
import type { SecureServiceProps } from './props';
import { portNameOf, scheme, servicePortOf } from './protocol';
import { autoscaler, disruptionBudget, hasSeveral, isAutoscaled } from './scaling';
import { incoming, otherNamespace, outgoing, presenceOf, requireSameApp } from './topology';
import { deployment, headlessService, referencesOf, service, serviceAccount, statefulSet } from './workload';

/**
 * One service, run well: a Deployment (a StatefulSet where it has storage), its Service, ServiceAccount and
 * NetworkPolicy; with two replicas or more a PodDisruptionBudget; an Ingress, HTTPRoute and HorizontalPodAutoscaler
 * where wanted. It meets Pod Security "restricted" unless a prop says otherwise.
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
export class SecureService extends Construct implements Reachable, Caller {
  /** The name by which other pods of the cluster reach the service. */
  readonly serviceName: Templated<string>;
  /** The port of the Service. */
  readonly servicePort: Templated<number>;
  /** The labels that tell its pods from all others. */
  readonly selectorLabels: Templated<Labels>;
  /** The Deployment or StatefulSet. */
  readonly workload: KubeObject<KubeManifest>;
  readonly service: KubeObject<Service>;
  readonly serviceAccount: KubeObject<ServiceAccount>;
  /** Absent where `networkPolicy` is false. */
  readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;
  /** Absent where there is one replica. */
  readonly disruptionBudget: KubeObject<PodDisruptionBudget> | undefined;
  readonly autoscaler: KubeObject<HorizontalPodAutoscaler> | undefined;
  readonly ingress: KubeObject<Ingress> | undefined;
  readonly httpRoute: KubeObject<HttpRoute> | undefined;

  private readonly identity: Identity;
  private readonly callers: Rule[] = [];
  private readonly called: Rule[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecureServiceProps,
  ) {
    super(scope, id);
    checkProps(this, props);
    checkPeers(this, 'allowFrom', props.allowFrom, isCaller);
    checkPeers(this, 'allowTo', props.allowTo, isReachable);
    const identity = identityOf(this, props.name);
    const { annotations } = props;
    this.identity = { ...identity, labels: withLabels(props.labels, identity.labels) };
    this.serviceName = props.serviceName ?? identity.name;
    this.servicePort = servicePortOf(props);
    this.selectorLabels = identity.selectorLabels;
    this.serviceAccount = new KubeObject<ServiceAccount>(
      this,
      'service-account',
      serviceAccount(this.identity, props),
    );
    this.workload = this.addWorkload();
    this.service = new KubeObject<Service>(this, 'service', service(this.identity, props));
    if (props.storage)
      new KubeObject<Service>(this, 'headless-service', headlessService(this.identity, props));
    this.networkPolicy = this.objectWhen(props.networkPolicy ?? true, 'network-policy', () =>
      this.renderPolicy(),
    );
    for (const peer of props.allowFrom ?? []) if (isCaller(peer)) this.allowFrom(peer);
    for (const peer of props.allowTo ?? []) if (isReachable(peer)) this.allowTo(peer);
    const budget = props.disruptionBudget ?? {};
    this.disruptionBudget = this.objectWhen(budget !== false && hasSeveral(props), 'disruption-budget', () =>
      disruptionBudget(this.identity, budget || {}, annotations),
    );
    const { autoscaling } = props;
    this.autoscaler =
      autoscaling &&
      this.objectWhen(isAutoscaled(props), 'autoscaler', () =>
        autoscaler(this.identity, props.storage ? 'StatefulSet' : 'Deployment', autoscaling, annotations),
      );
    const outside = props.ingress;
    this.ingress =
      outside &&
      this.objectWhen(outside.enabled ?? true, 'ingress', () =>
        ingress(this.identity, outside, { name: this.serviceName, portName: portNameOf(props) }, annotations),
      );
    const route = props.httpRoute;
    this.httpRoute =
      route &&
      this.objectWhen(route.enabled ?? true, 'http-route', () =>
        httpRoute(this.identity, route, { name: this.serviceName, port: this.servicePort }, annotations),
      );
  }

  /** `http://name:port`, for the environment of its callers; `https` where that is what the service speaks. */
  get url(): Templated<string> {
    const isTls = scheme(this.props) === 'HTTPS';
    const port = this.servicePort === (isTls ? 443 : 80) ? '' : `:${this.servicePort}`;
    return `${isTls ? 'https' : 'http'}://${this.serviceName}${port}`;
  }

  /** Lets another service, or somebody else, call this one. The other service is let out as well. */
  allowFrom(peer: Caller | Peer): void {
    checkPeers(this, 'allowFrom', [peer], isCaller);
    if (isCaller(peer)) peer.allowTo(this);
    else this.callers.push({ peer, enabled: true });
  }

  /** Lets this service call another one, or somebody else. The other service lets it in as well. */
  allowTo(peer: Reachable | Peer): void {
    checkPeers(this, 'allowTo', [peer], isReachable);
    this.called.push(isReachable(peer) ? peer.letIn(this, this.selectorLabels) : { peer, enabled: true });
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
    return plusObjects(kplus, this.serviceName, this.servicePort, this.selectorLabels);
  }

  private addWorkload(): KubeObject<KubeManifest> {
    const { storage } = this.props;
    // Of what it names, some may be made later.
    const isOpen = referencesOf(this.props).length > 0;
    if (storage) {
      const render = () => statefulSet(this, this.identity, { ...this.props, storage });
      return isOpen
        ? new KubeObject<StatefulSet>(this, 'stateful-set', render)
        : new KubeObject<StatefulSet>(this, 'stateful-set', render());
    }
    const render = () => deployment(this, this.identity, this.props);
    return isOpen
      ? new KubeObject<Deployment>(this, 'deployment', render)
      : new KubeObject<Deployment>(this, 'deployment', render());
  }

  private renderPolicy() {
    const { props } = this;
    return networkPolicy(
      this.identity,
      {
        from: [...incoming(props), ...this.callers],
        to: [...outgoing(props), ...this.called],
        ports: [{ port: props.port, protocol: 'TCP' }],
      },
      props.annotations,
    );
  }

  /** An object that may not be there; it is rendered when it is asked for. */
  private objectWhen<T extends KubeManifest>(
    condition: Condition,
    id: string,
    render: () => Pick<T, 'apiVersion' | 'kind'> & Templated<Omit<T, 'apiVersion' | 'kind'>>,
  ): KubeObject<T> | undefined {
    return when(all(condition), () => new KubeObject<T>(this, id, render));
  }
}
