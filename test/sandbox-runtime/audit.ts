import type { AuditEvent, Cluster } from '../../cluster';
import { roleRules } from '../../sandbox/spec';

/**
 * What no request of ours can use on this server: from Kubernetes 1.35 on a WebSocket needs `create` as well, and
 * before that it asks for `get` alone.
 */
export const FOR_LATER_SERVERS: readonly string[] = ['create pods/exec'];

/** Every rule of the Role, as `verb resource/subresource`. */
export function granted(): string[] {
  return roleRules()
    .flatMap(({ resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    )
    .sort();
}

/** What an account has asked for in a namespace, in the same words; reviews of its own rights anybody may make. */
export function used(cluster: Cluster, username: string): string[] {
  const events = cluster.auditLog().filter((event) => event.user.username === username && !isReview(event));
  return [...new Set(events.map(inWords))].sort();
}

function isReview({ objectRef }: AuditEvent): boolean {
  return objectRef?.resource === 'selfsubjectaccessreviews';
}

function inWords({ verb, objectRef, requestURI }: AuditEvent): string {
  if (!objectRef?.resource) return `${verb} ${requestURI}`;
  const { resource, subresource } = objectRef;
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
}
