import type { IConstruct } from 'constructs';
import type { CheckOptions, Waiver } from '../check';
import type { Predicate } from '../check/predicates/predicate';
import { ConstructError } from '../constructs';
import { requireProps, requireThat } from '../constructs/require';
import { prop } from '../core/props';
import { quantityOf } from '../core/schema';
import { checkPattern } from '../core/values/pattern';
import type { GuardrailPolicyProps } from './guardrail-policy';
import type { GuardrailsProps } from './guardrails';
import { isPredicate } from './is-predicate';
import { isKnownKind } from './policy';
import { type Guardrail, POD_KINDS } from './rule';

const predicate = prop.custom(isPredicate, {
  expected: 'a predicate, such as field("image").matches("^...$")',
  remedy: 'Make it of field, allOf, anyOf and not: a function could not be printed for the cluster.',
});

const sentence = prop.text({
  pattern: '^[^\\n\\r]*$',
  expected: 'a sentence on one line, as the API server wants it',
  remedy: 'Say it in a sentence.',
});

const RULES = prop.list(
  prop.object<Guardrail>({
    id: prop.dnsLabel().required(),
    of: prop.oneOf(['object', 'pod', 'container']).required(),
    kinds: prop.list(prop.text(), { minItems: 1 }),
    holds: predicate.required(),
    why: sentence.required(),
    fix: sentence.required(),
  }),
  { minItems: 1 },
);

const waiver = prop.object<Pick<Waiver, 'object' | 'namespace' | 'reason'> & { rule: string }>({
  rule: prop.text().required(),
  object: prop.text().required(),
  namespace: prop.dnsLabel(),
  reason: prop.text({ minLength: 10, expected: 'a reason of 10 characters or more' }).required(),
});

const GUARDRAILS = prop.object<GuardrailsProps>({
  rules: RULES,
  check: prop.byKind(
    {
      boolean: prop.exactly(false),
      object: prop.object<Omit<CheckOptions, 'waivers'>>({
        level: prop.oneOf(['privileged', 'baseline', 'restricted']),
        provided: prop.list(prop.data()),
        networkPlugin: prop.exactly('cilium'),
      }),
    },
    'options of check, or false',
  ),
  waivers: prop.list(waiver),
});

const POLICY = prop.object<GuardrailPolicyProps>({
  name: prop.objectName().required(),
  rules: RULES.required(),
  actions: prop.list(prop.oneOf(['Deny', 'Warn', 'Audit']), { minItems: 1 }),
  exemptNamespaces: prop.list(prop.dnsLabel()),
});

export function checkGuardrails(construct: IConstruct, props: GuardrailsProps): void {
  requireProps(construct, GUARDRAILS, props);
  checkRulesOf(construct, props.rules ?? []);
}

export function checkPolicy(construct: IConstruct, props: GuardrailPolicyProps): void {
  requireProps(construct, POLICY, props);
  checkRulesOf(construct, props.rules);
}

function checkRulesOf(construct: IConstruct, rules: readonly Guardrail[]): void {
  const ids = rules.map(({ id }) => id);
  for (const [index, rule] of rules.entries()) {
    const at = `rules[${index}]`;
    requireThat(construct, ids.indexOf(rule.id) === index, {
      code: 'NAME_TAKEN',
      prop: `${at}.id`,
      found: rule.id,
      expected: 'an id of its own for each rule',
      remedy: 'Rename one of the two.',
    });
    checkKinds(construct, `${at}.kinds`, rule);
    checkPredicate(construct, `${at}.holds`, rule.holds, rule);
  }
}

function checkKinds(construct: IConstruct, at: string, { of, kinds }: Guardrail): void {
  if (of === 'object' && kinds === undefined)
    throw new ConstructError('PROP_MISSING', construct, at, {
      found: 'nothing',
      expected: 'the kinds that a rule of objects is for',
      remedy: `Add kinds, such as ['Deployment'].`,
    });
  const isRight = (kind: string) =>
    of === 'object' ? isKnownKind(kind) : (POD_KINDS as readonly string[]).includes(kind);
  const wrong = (kinds ?? []).find((kind) => !isRight(kind));
  if (wrong === undefined) return;
  throw new ConstructError('PROP_INVALID', construct, at, {
    found: wrong,
    expected: of === 'object' ? 'kinds that Kubernetes serves itself' : `some of ${POD_KINDS.join(', ')}`,
    remedy: 'Correct the kind, or leave it out.',
  });
}

/** Patterns and amounts that both readers would not read alike, and a pod where there is none. */
function checkPredicate(construct: IConstruct, at: string, predicate: Predicate, rule: Guardrail): void {
  if (predicate.op === 'all' || predicate.op === 'any') {
    for (const one of predicate.of) checkPredicate(construct, at, one, rule);
    return;
  }
  if (predicate.op === 'not') {
    checkPredicate(construct, at, predicate.of, rule);
    return;
  }
  if (predicate.at.root === 'pod' && rule.of === 'object')
    throw new ConstructError('PROP_INVALID', construct, at, {
      found: `podField(${predicate.at.keys.join(', ')}) in a rule of objects`,
      expected: 'podField in rules of pods and containers only',
      remedy: "Make it a rule of: 'pod', or name the field of the object.",
    });
  if (predicate.op === 'matches') checkPattern(predicate.pattern, `${construct.node.path || '(app)'} ${at}`);
  if (predicate.op === 'quantity' && quantityOf(predicate.amount) === undefined)
    throw new ConstructError('QUANTITY_INVALID', construct, at, {
      found: predicate.amount,
      expected: 'an amount such as 500m or 1Gi',
      remedy: 'Correct the amount.',
    });
  if ('each' in predicate) checkPredicate(construct, at, predicate.each, rule);
}
