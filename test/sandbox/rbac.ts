import type { ApiClient, Cluster } from '../../cluster';

/** One thing that an account may be allowed to do. */
export interface Request {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Absent for cluster scope. */
  readonly namespace?: string;
}

interface ApiResource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Verbs that authorizers know and discovery does not list, on what they are asked about. */
const SPECIAL: readonly Omit<Request, 'namespace'>[] = [
  { verb: 'impersonate', group: '', resource: 'users', subresource: '' },
  { verb: 'impersonate', group: '', resource: 'groups', subresource: '' },
  { verb: 'impersonate', group: '', resource: 'serviceaccounts', subresource: '' },
  { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'roles', subresource: '' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles', subresource: '' },
  { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'clusterroles', subresource: '' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles', subresource: '' },
  { verb: 'get', group: '', resource: 'nodes', subresource: 'metrics' },
  { verb: 'use', group: 'policy', resource: 'podsecuritypolicies', subresource: '' },
  { verb: '*', group: '*', resource: '*', subresource: '' },
];

/** Every (verb, resource, subresource) of discovery, and the special ones, for some namespaces and the cluster. */
export async function allRequests(api: ApiClient, namespaces: readonly string[]): Promise<Request[]> {
  const { groups } = await api.call<{ groups: { preferredVersion: { groupVersion: string } }[] }>(
    'GET',
    '/apis',
  );
  const versions = groups.map(({ preferredVersion }) => preferredVersion.groupVersion);
  const lists = await Promise.all(['v1', ...versions].map((version) => resourcesOf(api, version)));
  const asked = [...lists.flat(), ...SPECIAL.map((special) => ({ ...special, namespaced: true }))];
  return asked.flatMap(({ namespaced, ...request }) => [
    request,
    ...(namespaced ? namespaces.map((namespace) => ({ ...request, namespace })) : []),
  ]);
}

async function resourcesOf(api: ApiClient, version: string) {
  const path = version === 'v1' ? '/api/v1' : `/apis/${version}`;
  const { resources } = await api.call<{ resources: ApiResource[] }>('GET', path);
  const group = version.includes('/') ? (version.split('/')[0] as string) : '';
  return resources.flatMap(({ name, namespaced, verbs }) => {
    const [resource = '', subresource = ''] = name.split('/');
    return verbs.map((verb) => ({ verb, group, resource, subresource, namespaced }));
  });
}

/** Who asks. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** What the API server's authorizers allow an account, of the given requests. */
export async function allowed(
  { api }: Cluster,
  account: Account,
  requests: readonly Request[],
): Promise<Request[]> {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const groups = [
    'system:serviceaccounts',
    `system:serviceaccounts:${account.namespace}`,
    'system:authenticated',
  ];
  const result: Request[] = [];
  const waiting = [...requests];
  const worker = async (): Promise<void> => {
    for (let request = waiting.pop(); request; request = waiting.pop()) {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, groups, resourceAttributes: request },
      };
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      const { status } = await api.call<{ status: { allowed: boolean; evaluationError?: string } }>(
        'POST',
        path,
        {
          body,
        },
      );
      if (status.allowed) result.push(request);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return result;
}

/** `create jobs.batch in boxes`, for comparing and for people. */
export function inWords({ verb, group, resource, subresource, namespace }: Request): string {
  const name = `${resource}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`;
  return `${verb} ${name} ${namespace ? `in ${namespace}` : 'in the cluster'}`;
}
