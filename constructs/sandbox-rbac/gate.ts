import { Construct } from 'constructs';
import { type Templated, text } from '../../core/template';
import { KubeObject } from '../../core/tree';
import type { Job, NetworkPolicy, PodSpec, Role, RoleBinding, ServiceAccount } from '../../imports/k8s';
import { shortHashOf } from '../hash';
import { type Identity, identityOf } from '../identity';
import { type ApiServerAddress, apiServerPeer } from '../network/api-server';
import { networkPolicy } from '../network/policy';
import { type OneShotProps, oneShotPod } from '../one-shot-pod';
import { RBAC, type SandboxManager } from './access';
import { GATE_SCRIPT, TEST_SCRIPT } from './gate-script';

/** The Job that lets managers in once the policy is seen to deny. */
export interface SandboxGate {
  /** An image with `sh` and `kubectl`, of a version that goes with the cluster. */
  readonly image: Templated<string>;
  /** Where the Job runs: a namespace of the administrator, and never that of the sandboxes. */
  readonly namespace: Templated<string>;
  /**
   * Where it reaches the API server.
   * @default - any address, at the ports 443, 6443 and 8443
   */
  readonly apiServer?: ApiServerAddress;
}

/** What the gate has to know of the objects beside it. */
export interface GatedObjects {
  readonly sandboxNamespace: Templated<string>;
  readonly policyName: Templated<string>;
  /** Name of the Role and of the RoleBinding of the managers. */
  readonly roleName: Templated<string>;
  readonly managers: readonly SandboxManager[];
}

const DEADLINE_SECONDS = 600;
const TRIES = 6;

/**
 * Binds the managers last: the API server enforces a policy some moments after it was written, and a binding at once.
 * A Job asks until a forbidden Job is denied, and only then writes who is bound.
 */
export class Gate extends Construct {
  /** A program that looks at what the gate has done, for a HelmTest in the namespace of the gate. It needs no more rights. */
  readonly test: OneShotProps;

  constructor(scope: Construct, id: string, gate: SandboxGate, objects: GatedObjects) {
    super(scope, id);
    const identity = identityOf(this, `${scope.node.id}-gate`);
    const { namespace, image, apiServer } = gate;
    this.test = {
      image,
      command: ['sh', '-c', TEST_SCRIPT],
      env: placesOf(objects),
      writable: ['/tmp'],
      serviceAccount: { name: identity.name, token: true },
      allowApiServer: apiServer ?? true,
      dns: false,
    };
    const metadata = { name: identity.name, namespace, labels: identity.labels };
    this.addAccess(identity, namespace, objects);
    const topology = {
      from: [],
      to: [{ peer: apiServerPeer(gate.apiServer ?? true), enabled: true }],
      ports: [],
    };
    const policy = networkPolicy(identity, topology);
    new KubeObject<NetworkPolicy>(this, 'network-policy', { ...policy, metadata });
    new KubeObject<Job>(this, 'job', gateJob(identity, gate, objects));
  }

  /** What the Job does and no more: try a Job, and write the subjects of one binding to one Role. */
  private addAccess(
    { name, labels }: Identity,
    namespace: Templated<string>,
    { sandboxNamespace, roleName }: GatedObjects,
  ): void {
    const role = text`${roleName}-gate`;
    const there = { name: role, namespace: sandboxNamespace, labels };
    new KubeObject<ServiceAccount>(this, 'account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace, labels },
      automountServiceAccountToken: false,
    });
    new KubeObject<Role>(this, 'role', {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: there,
      rules: [
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] },
        {
          apiGroups: [RBAC],
          resources: ['rolebindings'],
          resourceNames: [roleName],
          verbs: ['get', 'patch'],
        },
        { apiGroups: [RBAC], resources: ['roles'], resourceNames: [roleName], verbs: ['bind'] },
      ],
    });
    new KubeObject<RoleBinding>(this, 'role-binding', {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: there,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: role },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
}

function gateJob(
  { name, labels, podLabels }: Identity,
  { image, namespace }: SandboxGate,
  objects: GatedObjects,
) {
  const texts = { ...placesOf(objects), SUBJECTS: subjectsText(objects.managers) };
  const env = Object.entries(texts).map(([name, value]) => ({ name, value }));
  const hash = shortHashOf([image, GATE_SCRIPT, ...env.map(({ value }) => value)]);
  const serviceAccount = { token: true };
  const program = { image, command: ['sh', '-c', GATE_SCRIPT], writable: ['/tmp'], serviceAccount };
  const pod = oneShotPod(program, env, { name });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // A Job cannot be changed: other managers are another Job.
    metadata: { name: text`${name}-${hash}`, namespace, labels },
    spec: {
      backoffLimit: TRIES,
      activeDeadlineSeconds: DEADLINE_SECONDS,
      template: {
        metadata: { labels: podLabels },
        spec: pod as PodSpec,
      },
    },
  } as const;
}

/** Where the scripts look. */
function placesOf({ sandboxNamespace, policyName, roleName }: GatedObjects) {
  return { SANDBOX_NAMESPACE: sandboxNamespace, POLICY: policyName, BINDING: roleName };
}

/** The managers as the JSON of a patch; names of accounts and namespaces need no escaping. */
function subjectsText(managers: readonly SandboxManager[]): Templated<string> {
  const all = managers
    .map(
      ({ serviceAccount, namespace }) =>
        text`{"kind":"ServiceAccount","name":"${serviceAccount}","namespace":"${namespace}"}`,
    )
    .reduce((before, one) => text`${before},${one}`);
  return text`{"subjects":[${all}]}`;
}
