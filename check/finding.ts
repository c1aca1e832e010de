/** Any Kubernetes object, as JSON. */
export interface KubeObjectJson {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Every rule that there is. */
export type RuleId =
  | 'pod-security'
  | 'selector-mismatch'
  | 'probe-port'
  | 'service-port'
  | 'service-without-pods'
  | 'unreachable-service'
  | 'pdb-blocks-drain'
  | 'hpa-with-replicas'
  | 'duplicate-env'
  | 'secret-in-env'
  | 'latest-tag'
  | 'policy-names-nobody'
  | 'missing-key'
  | 'waiver-unused';

/** One thing that is wrong with one object. */
export interface Finding {
  readonly rule: RuleId;
  /** For example `Deployment/api`. */
  readonly object: string;
  /** For example `spec.template.spec.containers[0].image`. */
  readonly field: string;
  /** What happens because of it. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

/** A finding that somebody looked at and takes as it is, with the reason. */
export interface Waiver {
  readonly rule: Exclude<RuleId, 'waiver-unused'>;
  /** For example `Deployment/api`. */
  readonly object: string;
  /** Why it may stay, for whoever reads this next year. */
  readonly reason: string;
}

export function nameOf({ kind, metadata }: KubeObjectJson): string {
  return `${kind}/${metadata?.name ?? ''}`;
}
