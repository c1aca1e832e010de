import type { KubeObject } from '../../kube';

export interface FencePolicyOptions {
  /** The operator: that of its Lease. */
  readonly name: string;
  /** Where the Lease is, and the account. */
  readonly namespace: string;
  /** The account that the pods of the operator have. @default - the name of the operator */
  readonly serviceAccountName?: string;
  /** The name of the policy in the whole cluster. @default - that of the operator and `-only-the-leader-writes` */
  readonly policyName?: string;
}

interface PolicyObject extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

const VERSION = 'admissionregistration.k8s.io/v1';
const POD = 'authentication.kubernetes.io/pod-name';

/**
 * An admission policy and its binding, to be installed with the operator: of the pods that have its account, the API
 * server lets only the one write that holds the Lease. So a leader that was paused after it had looked at its clock, and
 * wakes up with a write to send, is refused by the server. Needs an account that nothing else uses, and the host name of
 * the pod as it comes.
 *
 * @example
 * const objects = fencePolicy({ name: 'greeter', namespace: 'operators' });
 * console.log(objects.map(({ kind }) => kind).join());
 */
export function fencePolicy(options: FencePolicyOptions): readonly PolicyObject[] {
  const {
    name,
    namespace,
    serviceAccountName = name,
    policyName = `${name}-only-the-leader-writes`,
  } = options;
  const metadata = { name: policyName };
  const lease = 'request.resource.group == "coordination.k8s.io" && request.resource.resource == "leases"';
  // Reviews write nothing: a standby may ask who it is and what it may.
  const review = 'request.resource.group in ["authorization.k8s.io", "authentication.k8s.io"]';
  const pod = `request.userInfo.extra["${POD}"][0]`;
  return [
    {
      ...{ apiVersion: VERSION, kind: 'ValidatingAdmissionPolicy', metadata },
      spec: {
        failurePolicy: 'Fail',
        paramKind: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
        matchConstraints: {
          resourceRules: [
            {
              ...{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] },
              operations: ['CREATE', 'UPDATE', 'DELETE'],
            },
          ],
        },
        matchConditions: [
          {
            name: 'by-the-operator',
            expression: `request.userInfo.username == "system:serviceaccount:${namespace}:${serviceAccountName}"`,
          },
          { name: 'not-its-lease', expression: `!(${lease})` },
          { name: 'not-a-review', expression: `!(${review})` },
        ],
        validations: [
          {
            expression:
              `has(request.userInfo.extra) && "${POD}" in request.userInfo.extra && ` +
              `has(params.spec.holderIdentity) && params.spec.holderIdentity.startsWith(${pod} + "/")`,
            messageExpression: `"the Lease ${namespace}/${name} says that " + (has(params.spec.holderIdentity) ? params.spec.holderIdentity : "nobody") + " leads"`,
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      ...{ apiVersion: VERSION, kind: 'ValidatingAdmissionPolicyBinding', metadata },
      spec: {
        policyName: metadata.name,
        validationActions: ['Deny'],
        // Without its parameter a policy that denies denies every write of everybody: the server reads parameters before it
        // asks whose request it is. Where no Lease is nobody leads, and the next leader makes one before it works.
        paramRef: { name, namespace, parameterNotFoundAction: 'Allow' },
      },
    },
  ];
}
