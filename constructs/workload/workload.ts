import { Construct } from 'constructs';
import type { Templated } from '../../core/template';
import { type KubeManifest, KubeObject, when } from '../../core/tree';
import type { NetworkPolicy, PodTemplateSpec, ServiceAccount } from '../../imports/k8s';
import { all, type Condition } from '../condition';
import { type Identity, identityOf, type Labels, withLabels } from '../identity';
import { type Caller, isReachable, type Peer, type Reachable, type Rule } from '../network/peer';
import { checkPeers } from '../network/peer-checks';
import { fromPlus, type PlusPeer } from '../network/plus-peer';
import { networkPolicy, type Topology } from '../network/policy';
import { claimVolumes } from './claims';
import { fileVolumes } from './files';
import { type Monitor, type MonitorOptions, monitor } from './metrics';
import { GRACE_SECONDS, type PodParts } from './pod';
import { podTemplate, referencesOf, type TemplateOptions } from './pod-template';
import { projectedVolumes } from './projected';
import type { WorkloadProps } from './props';
import { waiting } from './start-after';
import { outgoing } from './topology';

/** An object of Kubernetes whose leaves may be expressions. */
export type Manifest<T extends KubeManifest> = Pick<T, 'apiVersion' | 'kind'> &
  Templated<Omit<T, 'apiVersion' | 'kind'>>;

/**
 * What everything that runs in pods shares: name and labels, an account of its own, a pod that meets Pod Security
 * "restricted", and a network policy that lets nothing in and only DNS out until a prop says otherwise.
 */
export abstract class Workload<P extends WorkloadProps = WorkloadProps> extends Construct implements Caller {
  /** The labels that tell its pods from all others. */
  readonly selectorLabels: Templated<Labels>;
  /** Absent where its pods run as one that exists. */
  readonly serviceAccount: KubeObject<ServiceAccount> | undefined;
  /** The name of the account that its pods run as. */
  readonly serviceAccountName: Templated<string>;
  /** Absent where `networkPolicy` is false. */
  abstract readonly networkPolicy: KubeObject<NetworkPolicy> | undefined;

  protected readonly identity: Identity;
  private readonly called: Rule[] = [];

  /** @param check refuses wrong props, before anything is made of them */
  constructor(
    scope: Construct,
    id: string,
    protected readonly props: P,
    check: (construct: Construct, props: P) => void,
  ) {
    super(scope, id);
    check(this, props);
    checkPeers(this, 'allowTo', props.allowTo, isReachable);
    const identity = identityOf(this, props.name);
    this.identity = {
      ...identity,
      labels: withLabels(props.labels, identity.labels),
      podLabels: withLabels(props.labels, identity.podLabels),
    };
    this.selectorLabels = identity.selectorLabels;
    this.serviceAccountName = props.serviceAccount?.name ?? identity.name;
    this.serviceAccount = this.addAccount();
  }

  /** Lets it call a service, or somebody else. A service lets it in as well. */
  allowTo(given: Reachable | Peer | PlusPeer): void {
    checkPeers(this, 'allowTo', [given], isReachable);
    const peer = fromPlus(given);
    this.called.push(isReachable(peer) ? peer.letIn(this, this.selectorLabels) : { peer, enabled: true });
  }

  private addAccount(): KubeObject<ServiceAccount> | undefined {
    const { metadata, props } = this;
    const { name, annotations } = props.serviceAccount ?? {};
    if (name !== undefined) return undefined;
    return new KubeObject<ServiceAccount>(this, 'service-account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { ...metadata, annotations: annotations ?? metadata.annotations },
      automountServiceAccountToken: false,
    });
  }

  /** What its objects are called, and how they are labelled. */
  protected get metadata() {
    const { name, labels } = this.identity;
    return { name, labels, annotations: this.props.annotations };
  }

  /**
   * What its pods are made of.
   *
   * @param instead of its props
   */
  protected podTemplate(
    parts: Omit<PodParts, 'account'>,
    instead: TemplateOptions = {},
  ): Templated<PodTemplateSpec> {
    const account = {
      serviceAccountName: this.serviceAccountName,
      automountServiceAccountToken: this.props.serviceAccountToken ?? false,
    };
    const { startAfter, initContainers = [] } = this.props;
    const first = startAfter ? [waiting(this, startAfter)] : [];
    const props = { ...this.props, ...instead, initContainers: [...first, ...initContainers] };
    const volumes = [
      ...fileVolumes(this, props.files),
      ...claimVolumes(props.claims),
      ...projectedVolumes(this, props.projected),
      ...(parts.volumes ?? []),
    ];
    const all = { graceSeconds: GRACE_SECONDS, ...parts, account, volumes };
    return podTemplate(this, this.identity, props, all);
  }

  /** The object that makes the pods. Of the ConfigMaps and Secrets that it names, some may be made later. */
  protected addWorkload<T extends KubeManifest>(id: string, render: () => Manifest<T>): KubeObject<T> {
    return referencesOf(this.props).length > 0
      ? new KubeObject<T>(this, id, render)
      : new KubeObject<T>(this, id, render());
  }

  /**
   * Its network policy, and the ways that its own props open.
   *
   * @param incoming who is let in, and where
   */
  protected addNetworkPolicy(
    incoming: () => Omit<Topology, 'to'> = () => ({ from: [], ports: [] }),
  ): KubeObject<NetworkPolicy> | undefined {
    return this.objectWhen<NetworkPolicy>(this.props.networkPolicy ?? true, 'network-policy', () =>
      networkPolicy(
        this.identity,
        { ...incoming(), to: [...outgoing(this.props), ...this.called] },
        this.props.annotations,
      ),
    );
  }

  /** Opens the ways to the constructs that its props name. */
  protected openWays(): void {
    const { allowTo = [], startAfter } = this.props;
    const all = [...allowTo, ...(startAfter?.services ?? [])];
    for (const peer of new Set(all)) if (isReachable(peer)) this.allowTo(peer);
  }

  /**
   * What tells Prometheus where to look.
   *
   * @param port what the port is called
   */
  protected addMonitor(
    kind: 'PodMonitor' | 'ServiceMonitor',
    options: MonitorOptions | undefined,
    port: string,
  ): KubeObject<Monitor> | undefined {
    if (!options) return undefined;
    return this.objectWhen(options.enabled ?? true, 'monitor', () =>
      monitor(kind, this.identity, options, port, this.props.annotations),
    );
  }

  /** An object that may not be there; it is rendered when it is asked for. */
  protected objectWhen<T extends KubeManifest>(
    condition: Condition,
    id: string,
    render: () => Manifest<T>,
  ): KubeObject<T> | undefined {
    return when(all(condition), () => new KubeObject<T>(this, id, render));
  }
}
