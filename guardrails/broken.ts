import { Inventory, type KubeObjectJson, nameOf } from '../check';
import { containersOf } from '../check/inventory';
import { decide } from '../check/predicates/decide';
import { asTheServerSees } from './as-the-server-sees';
import { type Guardrail, kindsOf } from './rule';

/** A rule that an object breaks, and where. */
export interface Broken {
  readonly rule: Guardrail;
  /** For example `Deployment/web`. */
  readonly object: string;
  readonly namespace?: string;
  /** For example `spec.template.spec.containers[0]`; empty for the whole object. */
  readonly field: string;
}

/** Where an object breaks a rule; empty where it does not, or is of another kind. */
export function brokenBy(given: KubeObjectJson, rule: Guardrail): Broken[] {
  if (!kindsOf(rule).includes(given.kind ?? '')) return [];
  const object = asTheServerSees(given);
  const namespace = object.metadata?.namespace;
  const broken = (field: string) => ({
    rule,
    object: nameOf(object),
    ...(namespace && { namespace }),
    field,
  });
  if (rule.of === 'object') return decide(rule.holds, { object, item: object }) ? [] : [broken('')];
  return new Inventory([object]).pods.flatMap((pods) => {
    const { labels, annotations, spec, at } = pods;
    const pod = { metadata: { labels, annotations }, spec };
    if (rule.of === 'pod') return decide(rule.holds, { object, pod, item: pod }) ? [] : [broken(at)];
    return containersOf(pods)
      .filter(({ container }) => !decide(rule.holds, { object, pod, item: container }))
      .map(({ at: place }) => broken(place));
  });
}
