import type { Predicate } from '../check/predicates/predicate';

/** What a rule looks at. */
export type RuleSubject = 'object' | 'pod' | 'container';

/**
 * A rule of a platform team. It is data, so that it can be decided at the desk and printed for the cluster.
 *
 * @example
 * const registry: Guardrail = {
 *   id: 'own-registry',
 *   of: 'container',
 *   holds: field('image').matches('^registry\\.example\\.com/[^\\n]*$'),
 *   why: 'Images of others are not scanned.',
 *   fix: 'Push the image to registry.example.com.',
 * };
 */
export interface Guardrail {
  /** Its name, by which messages call it: small letters, digits and dashes. */
  readonly id: string;
  /** What it is asked of: whole objects of `kinds`, or the pods or the containers of whatever makes pods. */
  readonly of: RuleSubject;
  /**
   * The kinds that it is for, such as `Deployment`.
   * @default - every kind that makes pods; a rule of objects has to name them
   */
  readonly kinds?: readonly string[];
  /** What has to be. */
  readonly holds: Predicate;
  /** What happens where it is not so. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

/** Kinds that make pods, and which the API server knows as such. */
export const POD_KINDS = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
] as const;

export function kindsOf({ kinds }: Guardrail): readonly string[] {
  return kinds ?? POD_KINDS;
}
