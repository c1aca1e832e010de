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
  | 'api-schema'
  | 'null-entry'
  | 'pod-security'
  | 'probe-port'
  | 'service-port'
  | 'service-without-pods'
  | 'unreachable-service'
  | 'pdb-blocks-drain'
  | 'hpa-with-replicas'
  | 'duplicate-env'
  | 'secret-in-env'
  | 'latest-tag'
  | 'zero-limit'
  | 'no-time-to-end'
  | 'policy-names-nobody'
  | 'missing-key'
  | 'api-server-closed'
  | 'one-family'
  | 'waiver-unused';

/** One thing that is wrong with one object. */
export interface Finding {
  readonly rule: RuleId;
  /** For example `Deployment/api`. */
  readonly object: string;
  /** The namespace of the object, where it names one. */
  readonly namespace?: string;
  /** For example `spec.template.spec.containers[0].image`. */
  readonly field: string;
  /** What happens because of it. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
}

/**
 * A finding that somebody looked at and takes as it is, with the reason.
 *
 * @example
 * import { writeFileSync } from 'node:fs';
 * const waivers: Waiver[] = [
 *   { rule: 'pdb-blocks-drain', object: 'Deployment/db', reason: 'One pod only; it is moved by hand' },
 * ];
 * writeFileSync('waivers.json', JSON.stringify(waivers));
 */
export interface Waiver {
  readonly rule: Exclude<RuleId, 'waiver-unused'>;
  /** For example `Deployment/api`. */
  readonly object: string;
  /**
   * The namespace that the object names.
   * @default - the object names none
   */
  readonly namespace?: string;
  /** Why it may stay, for those who read this next year. */
  readonly reason: string;
}

/** `Deployment/api`; of what is no whole object as much as there is. */
export function nameOf(object: unknown): string {
  const { kind, metadata } = (object ?? {}) as {
    readonly kind?: unknown;
    readonly metadata?: { readonly name?: unknown } | null;
  };
  const [said, name] = [kind, metadata?.name].map((part) => (typeof part === 'string' ? part : ''));
  return `${said || '(no kind)'}/${name}`;
}

/** Which object a finding is about. */
export function about(object: unknown): Pick<Finding, 'object' | 'namespace'> {
  const namespace: unknown = (object as KubeObjectJson | null | undefined)?.metadata?.namespace;
  const isNamed = typeof namespace === 'string' && namespace !== '';
  return { object: nameOf(object), ...(isNamed && { namespace }) };
}
