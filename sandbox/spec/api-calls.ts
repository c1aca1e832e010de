/** One kind of request that the sandbox runtime makes in the sandbox namespace. */
export interface ApiCall {
  readonly group: '' | 'batch' | 'agents.x-k8s.io' | 'extensions.agents.x-k8s.io';
  readonly resource: string;
  readonly subresource?: string;
  readonly verbs: readonly ApiVerb[];
  /** What the runtime needs it for. */
  readonly why: string;
}

export type ApiVerb = 'create' | 'delete' | 'get' | 'list' | 'patch' | 'watch';

/**
 * Every request that the runtime makes. The Role of its account is generated from this table, so a request that is
 * not here is refused, and a line that nothing uses any more grants too much: the runtime's tests hold both against
 * the API server's audit log.
 *
 * Missing on purpose: creating, changing or deleting pods (the Job controller does), anything about secrets,
 * config maps, accounts and tokens, and deleting collections.
 */
export const API_CALLS: readonly ApiCall[] = [
  {
    group: 'batch',
    resource: 'jobs',
    verbs: ['create', 'get', 'list', 'watch', 'patch', 'delete'],
    why: 'a sandbox is a Job: made by claim, found again by list, followed by watch, prolonged or claimed from a pool by patch, ended by delete',
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['get', 'list', 'watch'],
    why: "the Job's pod, whether it runs, and how it ended",
  },
  { group: '', resource: 'pods', subresource: 'log', verbs: ['get'], why: 'the output of a one-shot Job' },
  {
    group: '',
    resource: 'pods',
    subresource: 'exec',
    verbs: ['get', 'create'],
    why: 'commands and files; a WebSocket asks for get, and from Kubernetes 1.35 for create as well',
  },
  {
    group: '',
    resource: 'events',
    verbs: ['list', 'watch'],
    why: 'why a sandbox does not start: image, quota, policy, no node',
  },
  {
    group: '',
    resource: 'resourcequotas',
    verbs: ['list'],
    why: 'preflight: is there a quota, and is there room left',
  },
];

/** What `backend: 'agent-sandbox'` asks besides. */
export const AGENT_SANDBOX_CALLS: readonly ApiCall[] = [
  {
    group: 'extensions.agents.x-k8s.io',
    resource: 'sandboxclaims',
    verbs: ['create', 'get', 'list', 'watch', 'patch', 'delete'],
    why: 'a sandbox is a claim: made by claim, found again by list, followed by watch, prolonged by patch, ended by delete',
  },
  {
    group: 'agents.x-k8s.io',
    resource: 'sandboxes',
    verbs: ['get'],
    why: 'whose the Sandbox is that a claim was told of, before anything is sent into it',
  },
];

/** A rule of a Role. */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The table as rules, one for each line, so that a reviewer finds the reason of each. */
export function roleRules(calls: readonly ApiCall[] = API_CALLS): RoleRule[] {
  return calls.map(({ group, resource, subresource, verbs }) => ({
    apiGroups: [group],
    resources: [subresource ? `${resource}/${subresource}` : resource],
    verbs,
  }));
}
