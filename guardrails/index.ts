export {
  allOf,
  anyOf,
  type Bound,
  type Field,
  field,
  not,
  objectField,
  type Place,
  type Predicate,
  podField,
  type Scalar,
} from '../check/predicates/predicate';
export { checkRules } from './check-rules';
export { GuardrailPolicy, type GuardrailPolicyProps } from './guardrail-policy';
export { Guardrails, type GuardrailsProps, type GuardrailWaiver } from './guardrails';
export type { Guardrail, RuleSubject } from './rule';
