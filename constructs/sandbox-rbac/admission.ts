import type { Templated } from '../../core/template';
import { TEMPLATE_ANNOTATION } from '../../sandbox/spec';
import type { SandboxPolicy } from './policy/sandbox-policy';

/** Names and places of the policy's objects. */
export interface PolicyPlace {
  /** Of the policy and its binding, which belong to the whole cluster. */
  readonly name: Templated<string>;
  /** Of the ConfigMap with the parameters. */
  readonly parametersName: Templated<string>;
  /** Where that ConfigMap is: never the sandbox namespace. */
  readonly parametersNamespace: Templated<string>;
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
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
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

export function admissionBinding(place: PolicyPlace) {
  const { name, labels, parametersName, parametersNamespace, sandboxNamespace } = place;
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: {
      policyName: name,
      validationActions: ['Deny', 'Audit'],
      paramRef: {
        name: parametersName,
        namespace: parametersNamespace,
        parameterNotFoundAction: 'Deny',
      },
      // The API server itself writes this label, and nobody can take it away.
      matchResources: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': sandboxNamespace } },
      },
    },
  } as const;
}

export function admissionParameters({ parameters }: SandboxPolicy, place: PolicyPlace) {
  const { parametersName: name, parametersNamespace: namespace, labels, hash } = place;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels, annotations: { [TEMPLATE_ANNOTATION]: hash } },
    data: { ...parameters, template: hash },
  } as const;
}
