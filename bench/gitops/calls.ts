import type { AuditEvent, Cluster } from '../../cluster';
import { Calls } from '../deploy/calls';

/** Begins the user agent of whoever is measured. */
export const AGENTS = { ours: 'drydock-gitops', flux: 'kustomize-controller' } as const;

/** Counts the calls of one controller. */
export function callsOf(cluster: Cluster, who: keyof typeof AGENTS): Calls {
  return new Calls(cluster, ({ userAgent = '' }: AuditEvent) => userAgent.startsWith(AGENTS[who]));
}
