import { Construct } from 'constructs';
import { type Expression, type Templated, text } from '../../core/template';
import { KubeObject, when } from '../../core/tree';
import type {
  LimitRange,
  Namespace,
  NetworkPolicy,
  ResourceQuota,
  Role,
  RoleBinding,
  ServiceAccount,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../imports/k8s';
import { type SandboxSpec, TEMPLATE_ANNOTATION } from '../../sandbox/spec';
import { all, not, pick } from '../condition';
import { type Identity, identityOf } from '../identity';
import { type ClusterDns, dnsPeer } from '../network/dns';
import type { OneShotProps } from '../one-shot-pod';
import { documentIn, hashIn } from '../sandbox-template';
import {
  type InNamespace,
  managerBinding,
  managerRole,
  type SandboxManager,
  sandboxAccount,
  subjectsOf,
} from './access';
import { admissionBinding, admissionPolicy, type PolicyPlace } from './admission';
import { limitRange, resourceQuota, type SandboxQuota } from './amounts';
import { checkRbac } from './checks';
import { Gate, type SandboxGate } from './gate';
import { allowDns, allowInternet, denyAll } from './network';
import { type SandboxPolicy, sandboxPolicy } from './policy/sandbox-policy';

export interface SandboxRbacProps {
  /** The sandbox whose Jobs are admitted. */
  readonly sandbox: SandboxSpec;
  /** Who may make sandboxes: accounts outside of the sandbox namespace. */
  readonly managers: readonly SandboxManager[];
  /** How much all sandboxes may have together. */
  readonly quota: SandboxQuota;
  /**
   * What lets the managers in: a Job that binds them once the API server is seen to deny what the policy forbids. Without
   * it, `bindAtOnce` has to be said.
   * @default - none
   */
  readonly gate?: SandboxGate;
  /**
   * Binds the managers before anything has shown that the policy is in force. The API server enforces a policy a second
   * or two after it was written: until then a manager can create any Job that Pod Security and the quota let in.
   * @default false
   */
  readonly bindAtOnce?: boolean | Expression<boolean>;
  /** Name of the policy and its binding in the whole cluster; it must differ between releases. */
  readonly policyName: Templated<string>;
  /**
   * Name of the Role and the RoleBinding.
   * @default - the release's name and the construct's id
   */
  readonly roleName?: Templated<string>;
  /**
   * Lets sandboxes resolve names. Names can carry data out of the sandbox.
   * @default false
   */
  readonly allowDns?: boolean | Expression<boolean>;
  /**
   * Who answers for names, where `allowDns` lets sandboxes ask.
   * @default - kube-dns or CoreDNS in kube-system, and the caches that GKE and NodeLocal DNSCache have on nodes
   */
  readonly dns?: ClusterDns;
  /**
   * Lets sandboxes reach the internet, but neither the cluster nor private networks. Code in a sandbox can then send
   * out whatever it was given.
   * @default false
   */
  readonly allowInternet?: boolean | Expression<boolean>;
  /**
   * Admits the pods of agent-sandbox as well, where its controller is installed, and lets the managers make its claims:
   * each pod is still the template's to the last field. Its controller makes them with rights of its own, and who may
   * write SandboxTemplates or Sandboxes there can have any number of them within the quota.
   * @default false
   */
  readonly agentSandbox?: boolean;
}

/**
 * What an administrator grants once, so that a program can make sandboxes and nothing else: a namespace of their own,
 * an account for them that can do nothing, a Role for the program, amounts, a closed network, and a policy that
 * admits the template's Jobs and denies whatever is looser.
 *
 * @example
 * declare const sandbox: SandboxSpec;
 * new SandboxRbac(shop, 'sandbox', {
 *   sandbox,
 *   managers: [{ serviceAccount: 'ci', namespace: 'default' }],
 *   quota: { sandboxes: 20, cpu: '10', memory: '10Gi', ephemeralStorage: '40Gi' },
 *   policyName: 'ci-sandboxes',
 *   gate: { image: 'registry.example.com/gate:1.0.0', namespace: 'ci-admin' },
 * });
 */
export class SandboxRbac extends Construct {
  /**
   * What a HelmTest in the namespace of the gate runs: it passes when a forbidden Job is denied and the managers are
   * bound. Absent without a gate.
   */
  readonly test: OneShotProps | undefined;

  constructor(scope: Construct, id: string, props: SandboxRbacProps) {
    super(scope, id);
    checkRbac(this, props);
    const identity = identityOf(this);
    const { sandbox } = props;
    const policy = sandboxPolicy(sandbox, { agentSandbox: props.agentSandbox ?? false });
    const hash = hashIn(documentIn(this, sandbox));
    const annotations = { ...policy.parameters, [TEMPLATE_ANNOTATION]: hash };
    const namespace = sandboxNamespace(sandbox.namespace, identity, annotations);
    new KubeObject<Namespace>(this, 'namespace', namespace);
    const place = { namespace: sandbox.namespace, labels: identity.labels };
    this.test = this.addAccess(props, identity, place);
    this.addBounds(props, identity, place);
    this.addPolicy(policy, {
      name: props.policyName,
      sandboxNamespace: sandbox.namespace,
      labels: identity.labels,
      hash,
    });
  }

  private addAccess(
    { sandbox, managers, policyName, gate, bindAtOnce = false, ...props }: SandboxRbacProps,
    { name }: Identity,
    place: InNamespace,
  ): OneShotProps | undefined {
    const roleName = props.roleName ?? name;
    const subjects = pick(bindAtOnce, subjectsOf(managers)) as Templated<RoleBinding['subjects']>;
    new KubeObject<ServiceAccount>(this, 'account', sandboxAccount(sandbox.serviceAccountName, place));
    new KubeObject<Role>(this, 'role', managerRole(roleName, place, props.agentSandbox));
    new KubeObject<RoleBinding>(this, 'role-binding', managerBinding(roleName, subjects, place));
    const gated = { sandboxNamespace: sandbox.namespace, policyName, roleName, managers };
    return gate && when(not(bindAtOnce), () => new Gate(this, 'gate', gate, gated))?.test;
  }

  private addBounds(props: SandboxRbacProps, { name }: Identity, place: InNamespace): void {
    const named = (suffix: string) => text`${name}-${suffix}`;
    new KubeObject<ResourceQuota>(this, 'resource-quota', resourceQuota(name, props.quota, place));
    new KubeObject<LimitRange>(this, 'limit-range', limitRange(name, props.sandbox.limits, place));
    new KubeObject<NetworkPolicy>(this, 'deny-all', denyAll(named('deny-all'), place));
    const dns = dnsPeer(props.dns);
    when(
      all(props.allowDns ?? false, dns.enabled ?? true),
      () => new KubeObject<NetworkPolicy>(this, 'allow-dns', allowDns(named('allow-dns'), dns, place)),
    );
    when(
      props.allowInternet ?? false,
      () =>
        new KubeObject<NetworkPolicy>(this, 'allow-internet', allowInternet(named('allow-internet'), place)),
    );
  }

  private addPolicy(policy: SandboxPolicy, place: PolicyPlace): void {
    new KubeObject<ValidatingAdmissionPolicy>(this, 'policy', admissionPolicy(policy, place));
    new KubeObject<ValidatingAdmissionPolicyBinding>(this, 'policy-binding', admissionBinding(place));
  }
}

/** The level as the oldest supported Kubernetes has it, so that an upgrade of the cluster changes nothing here. */
const POD_SECURITY_VERSION = 'v1.33';

function podSecurity(mode: 'enforce' | 'audit' | 'warn'): Readonly<Record<string, string>> {
  const label = `pod-security.kubernetes.io/${mode}`;
  return { [label]: 'restricted', [`${label}-version`]: POD_SECURITY_VERSION };
}

/**
 * Pod Security "restricted" by the API server itself, beside the policy; and the parameters of the policy, which can be
 * changed only with the right to change namespaces.
 */
function sandboxNamespace(
  name: Templated<string>,
  { labels }: Identity,
  annotations: Readonly<Record<string, Templated<string>>>,
) {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...(labels as Readonly<Record<string, string>>),
        ...podSecurity('enforce'),
        ...podSecurity('audit'),
        ...podSecurity('warn'),
      },
      annotations,
    },
  } as const;
}
