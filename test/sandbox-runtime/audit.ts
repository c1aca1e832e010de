import type { AuditEvent, Cluster } from '../../cluster';
import { roleRules } from '../../sandbox/spec';

/**
 * What no request of ours can use on this server: from Kubernetes 1.35 on a WebSocket needs `create` as well, and
 * before that it asks for `get` alone. An older one, or one that is told not to begin a watch with what there is, is
 * asked for a list before.
 */
export const FOR_OTHER_SERVERS: readonly string[] = ['create pods/exec', 'list events'];

/** What preflight tries to read, to be refused: it is not the runtime's to know. */
export const TRIED_IN_VAIN: readonly string[] = ['list namespaces'];

/** The accounts of the runtime, as every installation of a test calls them. */
const RUNTIME = /^system:serviceaccount:ops-[0-9a-f]+:ci-fixer-app$/;

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Every permission of some rules, as `verb resource/subresource`. */
export function granted(rules: readonly Rule[] = roleRules()): string[] {
  return rules
    .flatMap(({ resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    )
    .sort();
}

/** What was asked for in some way, in the same words. */
export interface Used {
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

/** What the accounts of the runtime have asked for; reviews of its own rights anybody may make. */
export function used(cluster: Cluster, username: string | RegExp = RUNTIME): Used {
  const events = cluster
    .auditLog()
    .filter(({ user }) =>
      typeof username === 'string' ? user.username === username : username.test(user.username),
    )
    .filter((event) => !isReview(event));
  const words = (isRefused: boolean) => [
    ...new Set(events.filter((event) => isForbidden(event) === isRefused).map(inWords)),
  ];
  return { allowed: words(false).sort(), refused: words(true).sort() };
}

/** What was used and is not granted, and what is granted and was not used. Both are empty where the Role is right. */
export function difference(
  role: readonly string[],
  { allowed, refused }: Used,
): { readonly notGranted: string[]; readonly notUsed: string[] } {
  const all = [...new Set([...allowed, ...refused])];
  return {
    notGranted: all.filter((call) => !role.includes(call) && !TRIED_IN_VAIN.includes(call)),
    notUsed: role.filter((rule) => !allowed.includes(rule) && !FOR_OTHER_SERVERS.includes(rule)),
  };
}

/** By the authorizers. What admission denies was allowed by them. */
function isForbidden(event: AuditEvent & { readonly annotations?: Record<string, string> }): boolean {
  return event.annotations?.['authorization.k8s.io/decision'] !== 'allow';
}

function isReview({ objectRef }: AuditEvent): boolean {
  return objectRef?.resource === 'selfsubjectaccessreviews';
}

function inWords({ verb, objectRef, requestURI }: AuditEvent): string {
  if (!objectRef?.resource) return `${verb} ${requestURI}`;
  const { resource, subresource } = objectRef;
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
}
