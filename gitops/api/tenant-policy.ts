import type { KubeObject } from '../../kube';

export interface TenantPolicyOptions {
  /** The name of both objects in the whole cluster. @default 'drydock-gitops-tenants' */
  readonly policyName?: string;
}

interface PolicyObject extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * On a Namespace: the folders of servers that its Applications may follow, with commas between them.
 *
 * @example
 * const annotations = { [REPOSITORIES_ANNOTATION]: 'https://git.example.com/team-a/' };
 */
export const REPOSITORIES_ANNOTATION = 'ajj.io/repositories';

const VERSION = 'admissionregistration.k8s.io/v1';
const ACCOUNT = 'object.spec.serviceAccount';
const ACCOUNTS = 'authorizer.group("").resource("serviceaccounts").namespace(request.namespace)';
const LISTED = `namespaceObject.metadata.annotations["${REPOSITORIES_ANNOTATION}"]`;
const HAS_LIST = `has(namespaceObject.metadata.annotations) && "${REPOSITORIES_ANNOTATION}" in namespaceObject.metadata.annotations`;
const URL = 'object.spec.source.url';
/** `..` leads out of a folder, however it is written: what fetches takes it away. */
const LEADS_OUT = `${URL}.matches("(?i)(/|%2f)([.]|%2e){1,2}(/|%2f|$)")`;
// Without a slash at its end the address of another server, or of another team, could begin as one of them does.
const IS_LISTED = `${LISTED}.split(",").exists(one, ${URL} == one.trim() || (one.trim().endsWith("/") && ${URL}.startsWith(one.trim())))`;

/**
 * An admission policy and its binding, for a cluster of several teams: who writes an Application has to be allowed to
 * impersonate the account that it acts as, and where its namespace names repositories in the annotation
 * `ajj.io/repositories` it follows one of those. Without it whoever may write Applications in a namespace may act as each
 * account of it. The API server asks both itself, so it holds while no controller runs.
 *
 * @example
 * const [policy] = tenantPolicy();
 * console.log(policy?.kind);
 */
export function tenantPolicy(options: TenantPolicyOptions = {}): readonly PolicyObject[] {
  const { policyName = 'drydock-gitops-tenants' } = options;
  const metadata = { name: policyName };
  return [
    {
      ...{ apiVersion: VERSION, kind: 'ValidatingAdmissionPolicy', metadata },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              ...{ apiGroups: ['ajj.io'], apiVersions: ['*'], resources: ['applications'] },
              operations: ['CREATE', 'UPDATE'],
            },
          ],
        },
        // Who changes where it comes from, or goes, acts as its account as much as who names one. Its controller changes no spec.
        matchConditions: [
          { name: 'another-spec', expression: 'oldObject == null || object.spec != oldObject.spec' },
        ],
        validations: [
          {
            expression: `!has(${ACCOUNT}) || ${ACCOUNTS}.name(${ACCOUNT}).check("impersonate").allowed()`,
            messageExpression: `"it acts as the account " + ${ACCOUNT} + ", which you may not: that takes the verb impersonate on it, in namespace " + request.namespace`,
            reason: 'Forbidden',
          },
          {
            expression: `!(${HAS_LIST}) || (${IS_LISTED} && !${LEADS_OUT})`,
            messageExpression: `"it follows " + ${URL} + ", and the annotation ${REPOSITORIES_ANNOTATION} of namespace " + request.namespace + " allows " + ${LISTED}`,
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      ...{ apiVersion: VERSION, kind: 'ValidatingAdmissionPolicyBinding', metadata },
      spec: { policyName, validationActions: ['Deny'] },
    },
  ];
}
