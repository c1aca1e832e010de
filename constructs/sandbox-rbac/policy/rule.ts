import type { Templated } from '../../../core/template';

/** Which part of the object a rule is about: the Job around the pod, or the pod, inside a Job or alone. */
export type Part = 'job' | 'pod';

/** One thing that the policy demands. */
export interface Rule {
  readonly part: Part;
  /** The field, from the root of the Job. */
  readonly path: string;
  /** A CEL expression that is true where the demand is met. */
  readonly holds: string;
  /** What is demanded, as a CEL expression of a text. */
  readonly demand: string;
  /** What is there, as a CEL expression of a text. @default - not said */
  readonly found?: string;
  /** The field itself where it is only known when the rule is evaluated: a CEL expression of a text. */
  readonly keys?: string;
  /** When it has to hold. @default 'changed' */
  readonly when?: RuleTime;
}

/**
 * - `changed`: on create, and when spec or labels change.
 * - `created`: of a pod on create only; of what a Job makes its pod from also when that changes, as it can while the Job
 *   is suspended.
 * - `annotated`: on create, and when annotations change.
 * - `always`: on every create and update that the policy looks at.
 */
export type RuleTime = 'changed' | 'created' | 'annotated' | 'always';

/** What a policy is made of: its rules, and the parameters that they compare with. */
export interface Rules {
  readonly rules: Rule[];
  readonly parameters: Map<string, Templated<string>>;
}
