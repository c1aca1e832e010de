import { type Connection, create, type KubeObject, resource } from '../../kube';
import { API_CALLS } from '../spec';
import { bad, type Finding, good } from './report';

interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Empty for the whole cluster, or all namespaces. */
  readonly namespace: string;
}

interface AccessReview extends KubeObject {
  readonly spec: { readonly resourceAttributes: Attributes };
  readonly status?: { readonly allowed: boolean };
}

const reviews = resource<AccessReview>('authorization.k8s.io/v1', 'SelfSubjectAccessReview');

/** Whether the account of this connection may do everything that the runtime does. */
export async function rightsSufficient(connection: Connection, namespace: string): Promise<Finding> {
  const needed = API_CALLS.flatMap(({ group, resource, subresource, verbs }) =>
    verbs.map((verb): Attributes => ({ verb, group, resource, subresource, namespace })),
  );
  const missing = await answered(connection, needed, false);
  if (missing.length === 0) return good('rights-sufficient', `all ${needed.length} that the runtime uses`);
  return bad(
    'rights-sufficient',
    `not granted: ${missing.map(inWords).join(', ')}`,
    'Right after the installation, wait: the gate of SandboxRbac binds the account once the policy is in force, and its Job says in its log what it waits for. Else bind the account to the Role of SandboxRbac in the sandbox namespace.',
  );
}

/** Whether it may do what a program that runs hostile code must not be able to, even when it is taken over. */
export async function rightsNotExcessive(connection: Connection, namespace: string): Promise<Finding> {
  const excessive = await answered(connection, dangerous(namespace), true);
  if (excessive.length === 0) return good('rights-not-excessive', 'nothing beyond what sandboxes need');
  return bad(
    'rights-not-excessive',
    `granted: ${excessive.map(inWords).join(', ')}`,
    'Run the program under an account that has the Role of SandboxRbac and nothing else.',
  );
}

/** What leads from a sandbox namespace to the rest of the cluster. */
function dangerous(namespace: string): Attributes[] {
  const core = (verb: string, resource: string, place: string, subresource?: string): Attributes => ({
    verb,
    group: '',
    resource,
    subresource,
    namespace: place,
  });
  const rbac = (verb: string, resource: string): Attributes => ({
    verb,
    group: 'rbac.authorization.k8s.io',
    resource,
    namespace,
  });
  return [
    ...undoing(namespace),
    core('create', 'pods', namespace),
    core('update', 'pods', namespace),
    core('patch', 'pods', namespace, 'ephemeralcontainers'),
    core('get', 'secrets', namespace),
    core('get', 'secrets', ''),
    core('list', 'secrets', ''),
    core('create', 'serviceaccounts', namespace, 'token'),
    core('create', 'serviceaccounts', '', 'token'),
    core('get', 'nodes', '', 'proxy'),
    core('delete', 'nodes', ''),
    core('create', 'pods', ''),
    core('get', 'pods', '', 'exec'),
    core('impersonate', 'users', ''),
    { verb: 'create', group: 'batch', resource: 'jobs', namespace: '' },
    rbac('create', 'rolebindings'),
    rbac('bind', 'roles'),
    rbac('escalate', 'roles'),
    { ...rbac('create', 'clusterrolebindings'), namespace: '' },
  ];
}

/** What keeps sandboxes in: an account that may change one of these can take the bound away first. */
const BOUNDS: readonly {
  readonly group: string;
  readonly resource: string;
  readonly isNamespaced: boolean;
}[] = [
  { group: '', resource: 'namespaces', isNamespaced: true },
  { group: '', resource: 'resourcequotas', isNamespaced: true },
  { group: 'networking.k8s.io', resource: 'networkpolicies', isNamespaced: true },
  { group: 'rbac.authorization.k8s.io', resource: 'roles', isNamespaced: true },
  { group: 'rbac.authorization.k8s.io', resource: 'rolebindings', isNamespaced: true },
  {
    group: 'admissionregistration.k8s.io',
    resource: 'validatingadmissionpolicies',
    isNamespaced: false,
  },
  {
    group: 'admissionregistration.k8s.io',
    resource: 'validatingadmissionpolicybindings',
    isNamespaced: false,
  },
];

/** Every verb that takes a bound away; one that another verb was granted for is as bad. */
function undoing(namespace: string): Attributes[] {
  return BOUNDS.flatMap(({ group, resource, isNamespaced }) =>
    ['update', 'patch', 'delete', 'deletecollection'].map((verb) => ({
      verb,
      group,
      resource,
      namespace: isNamespaced ? namespace : '',
    })),
  );
}

/** Those of the requests to which the API server's authorizers give this answer. */
async function answered(
  connection: Connection,
  asked: readonly Attributes[],
  isAllowed: boolean,
): Promise<Attributes[]> {
  const answers = await Promise.all(
    asked.map(async (resourceAttributes) => {
      const review: AccessReview = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      };
      const { status } = await create(connection, reviews, review);
      return status?.allowed === true;
    }),
  );
  return asked.filter((_, index) => answers[index] === isAllowed);
}

function inWords({ verb, group, resource, subresource, namespace }: Attributes): string {
  const name = `${resource}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`;
  return `${verb} ${name} ${namespace ? `in ${namespace}` : 'everywhere'}`;
}
