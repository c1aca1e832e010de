import type { Templated } from '../../core/template';
import { TEMPLATE_ANNOTATION } from '../../sandbox/spec';
import type { SandboxPolicy } from './policy/sandbox-policy';

/** Names of the policy's objects, and what they carry. */
export interface PolicyPlace {
  /** Of the policy and its binding, which belong to the whole cluster. */
  readonly name: Templated<string>;
  readonly sandboxNamespace: Templated<string>;
  readonly labels: Templated<Readonly<Record<string, string>>>;
  readonly hash: Templated<string>;
}

const API_VERSION = 'admissionregistration.k8s.io/v1';
const OPERATIONS = ['CREATE', 'UPDATE'];

/** Jobs and pods, and what can change a pod besides its own update. */
export function admissionPolicy(
  { variables, matchConditions, validations }: SandboxPolicy,
  { name, labels, hash }: PolicyPlace,
) {
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels, annotations: { [TEMPLATE_ANNOTATION]: hash } },
    spec: {
      failurePolicy: 'Fail',
      // The parameters are annotations of the sandbox namespace itself, as Pod Security's are its labels. Not a
      // ConfigMap: the API server watches those for policies only, and never again once none of them asked for it.
      paramKind: { apiVersion: 'v1', kind: 'Namespace' },
      matchConstraints: {
        matchPolicy: 'Equivalent',
        resourceRules: [
          { apiGroups: ['batch'], apiVersions: ['v1'], operations: OPERATIONS, resources: ['jobs'] },
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: OPERATIONS,
            resources: ['pods', 'pods/ephemeralcontainers', 'pods/resize'],
          },
        ],
      },
      matchConditions,
      variables,
      validations,
    },
  } as const;
}

export function admissionBinding({ name, labels, sandboxNamespace }: PolicyPlace) {
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: {
      policyName: name,
      validationActions: ['Deny', 'Audit'],
      paramRef: { name: sandboxNamespace, parameterNotFoundAction: 'Deny' },
      // The API server itself writes this label, and it cannot be removed.
      matchResources: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': sandboxNamespace } },
      },
    },
  } as const;
}
