import type { KubeObject } from '../../kube';

/** An object as a policy reads it. */
export interface PolicyObject extends KubeObject {
  readonly metadata: NonNullable<KubeObject['metadata']> & { readonly name: string };
  readonly [field: string]: unknown;
}

/** What an engine is asked about. */
export interface PolicyRequest {
  readonly application: { readonly namespace: string; readonly name: string };
  /** Where objects go that name no namespace. */
  readonly namespace: string;
  /** As they will be sent; of Secrets it has the keys, and no values. */
  readonly objects: readonly PolicyObject[];
  readonly signal?: AbortSignal | undefined;
}

/** One thing that a policy says of one object. */
export interface PolicyFinding {
  /** The rule, as an exception names it. */
  readonly rule: string;
  /** For example `Deployment/web`. */
  readonly object: string;
  /** The namespace of the object, where it names one. */
  readonly namespace?: string;
  /** For example `spec.replicas`; empty where the policy does not say. */
  readonly field: string;
  readonly why: string;
  /** What to do; empty where the policy does not say. */
  readonly fix: string;
  /** It is told, and stops nothing in any mode. @default false */
  readonly isWarning?: boolean;
}

/**
 * What decides about objects before they are applied. The same objects give the same findings as long as the version is the
 * same: they are remembered.
 *
 * @example
 * const noTrials: PolicyEngine = {
 *   name: 'names',
 *   version: '1',
 *   judge: async ({ objects }) =>
 *     objects
 *       .filter(({ metadata }) => metadata.name.startsWith('tmp-'))
 *       .map(({ kind, metadata }) => ({
 *         ...{ rule: 'no-tmp', object: `${kind}/${metadata.name}`, field: 'metadata.name' },
 *         ...{ why: 'Nobody knows whose it is.', fix: 'Name it for its purpose.' },
 *       })),
 * };
 */
export interface PolicyEngine {
  /** For those who read what it has found. */
  readonly name: string;
  /** Says the content of its policies. */
  readonly version: string;
  /** Rejects where it cannot decide, which is never taken for a yes where the mode is strict. */
  judge(request: PolicyRequest): Promise<readonly PolicyFinding[]>;
}
