import { isRecord } from '../../kube';
import type { PolicyObject } from './engine';
import { noVerdict } from './failed';

const KINDS: Readonly<Record<string, readonly string[]>> = {
  'kyverno.io': ['ClusterPolicy', 'Policy'],
  'policies.kyverno.io': ['ValidatingPolicy'],
};
/** What a rule does besides judging, or what it needs somebody to ask for. */
const DOES_MORE = ['mutate', 'generate', 'verifyImages'];
const ASKS = ['apiCall', 'imageRegistry', 'globalReference', 'configMap'];
const CEL_ASKS = /\b(http|resource|globalContext|imageData)\s*\.\s*\w+\s*\(/;
const EXPECTED = 'a policy that judges objects by themselves';

/** Whether an object is a policy of Kyverno, of a kind that judges. */
export function isOfKyverno({
  apiVersion,
  kind,
}: {
  readonly apiVersion?: string;
  readonly kind?: string;
}): boolean {
  const [group = '', version] = String(apiVersion).split('/');
  const known = Object.hasOwn(KINDS, group) ? KINDS[group]! : [];
  return version !== undefined && known.includes(String(kind));
}

/** Refuses one that changes objects before it judges them, or asks a cluster, a registry or a network. */
export function requireJudging(policy: PolicyObject, from: string): void {
  const { spec } = policy;
  const isByRules = policy.apiVersion.startsWith('kyverno.io/');
  const inCel = CEL_ASKS.exec(JSON.stringify(spec ?? {}))?.[1];
  const found = (isByRules ? wrongIn(spec) : undefined) ?? (inCel && `CEL with ${inCel}`);
  if (found) throw noVerdict(`${from} ${policy.kind}/${policy.metadata.name}`, found, EXPECTED);
}

function wrongIn(spec: unknown): string | undefined {
  const rules = isRecord(spec) && Array.isArray(spec.rules) ? (spec.rules as readonly unknown[]) : [];
  if (rules.length === 0) return 'no spec.rules';
  const keyOf = (keys: readonly string[], of: readonly unknown[]) =>
    keys.find((key) => of.some((one) => isRecord(one) && key in one));
  const more = keyOf(DOES_MORE, rules);
  if (more) return `a rule with ${more}`;
  if (!rules.every((rule) => isRecord(rule) && isRecord(rule.validate))) return 'a rule without validate';
  const asks = keyOf(ASKS, contextsIn(spec));
  return asks && `a context with ${asks}`;
}

/** The entries of every context, those of loops too. */
function contextsIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(contextsIn);
  if (!isRecord(value)) return [];
  const own = Array.isArray(value.context) ? (value.context as unknown[]) : [];
  return [...own, ...Object.values(value).flatMap(contextsIn)];
}
