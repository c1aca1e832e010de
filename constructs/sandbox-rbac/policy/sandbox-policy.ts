import { isNode, isTreeMap, type Templated, type Tree } from '../../../core/template';
import { QUEUE_LABEL, type SandboxSpec } from '../../../sandbox/spec';
import { allowedLabels } from './bound-rules';
import { celText } from './cel';
import { closedRules } from './closed-rules';
import { type Derivation, deriveRules } from './derive';
import { inside } from './place';
import { POOL_RULES } from './pool-rules';
import { FROM_QUEUE } from './queue-rules';
import type { Rule, RuleTime } from './rule';
import { AGENT_SANDBOX_LABELS } from './server-fields';

/** A ValidatingAdmissionPolicy's own parts, and the annotations of the Namespace that it takes its values from. */
export interface SandboxPolicy {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly Validation[];
  readonly parameters: Readonly<Record<string, Templated<string>>>;
}

export interface Validation {
  readonly expression: string;
  readonly message: string;
  readonly messageExpression: string;
  readonly reason: 'Forbidden';
}

/** `dyn`: one expression reads Jobs and pods, which no single type describes. */
const VARIABLES = [
  { name: 'allowed', expression: 'params.metadata.annotations' },
  { name: 'isJob', expression: "object.kind == 'Job'" },
  { name: 'at', expression: "variables.isJob ? 'spec.template.' : ''" },
  { name: 'job', expression: 'dyn(object)' },
  { name: 'jobSpec', expression: 'dyn(object).spec' },
  {
    name: 'meta',
    expression: 'variables.isJob ? dyn(object).spec.template.?metadata.orValue({}) : dyn(object).metadata',
  },
  { name: 'pod', expression: 'variables.isJob ? dyn(object).spec.template.spec : dyn(object).spec' },
  { name: 'old', expression: "request.operation == 'UPDATE' ? dyn(oldObject) : dyn({})" },
  { name: 'oldJobMeta', expression: 'variables.old.?metadata.orValue({})' },
  {
    name: 'oldMeta',
    expression:
      'variables.isJob ? variables.old.?spec.?template.?metadata.orValue({}) : variables.old.?metadata.orValue({})',
  },
  {
    name: 'isKept',
    expression:
      "request.operation == 'UPDATE' && dyn(object).spec == dyn(oldObject).spec && " +
      'dyn(object).metadata.?labels == dyn(oldObject).metadata.?labels',
  },
  {
    name: 'hasOldAnnotations',
    expression:
      "request.operation == 'UPDATE' && dyn(object).metadata.?annotations == dyn(oldObject).metadata.?annotations",
  },
  {
    name: 'hasOldPodAnnotations',
    expression:
      "request.operation == 'UPDATE' && (!variables.isJob || variables.meta.?annotations == variables.oldMeta.?annotations)",
  },
  FROM_QUEUE,
];

/**
 * Of an update that leaves spec and labels alone, the policy asks only that nothing was added which holds the object or
 * fills the store: the Job controller has to be able to take its finalizer from a pod that an older policy let in.
 */
const MATCH_CONDITIONS = [
  {
    name: 'changes-what-the-policy-knows',
    expression: [
      "request.operation == 'CREATE' || dyn(object).spec != dyn(oldObject).spec",
      ...['labels', 'annotations', 'finalizers', 'ownerReferences'].map(
        (field) => `dyn(object).metadata.?${field} != dyn(oldObject).metadata.?${field}`,
      ),
      'dyn(object).metadata.?managedFields.orValue([]).size() > dyn(oldObject).metadata.?managedFields.orValue([]).size()',
    ].join(' || '),
  },
];

/** The guard of a rule: where it is true, the rule has nothing to say. */
const UNLESS: Readonly<Record<RuleTime, string | undefined>> = {
  changed: 'variables.isKept',
  created: 'variables.hasOldPodAnnotations',
  annotated: 'variables.hasOldAnnotations',
  always: undefined,
};

/** The policy that admits what a template can come to, and nothing looser. */
export function sandboxPolicy(sandbox: SandboxSpec, { agentSandbox = false } = {}): SandboxPolicy {
  const { bounds, runOwners } = sandbox;
  const into: Derivation = { bounds, runOwners, agentSandbox, rules: [], parameters: new Map() };
  const { metadata, spec } = sandbox.tree as { readonly metadata: Tree; readonly spec: Tree };
  const { template, ...jobSpec } = spec as { readonly [key: string]: Tree };
  const pod = template as { readonly metadata: Tree; readonly spec: Tree };

  deriveMetadata(metadata, { part: 'job', path: 'metadata', cel: 'variables.job.metadata' }, into);
  // The template is a key of the Job's spec; what is in it has rules of its own.
  const jobRules: Derivation = { ...into, rules: [] };
  deriveRules(
    { ...jobSpec, template: {} },
    { part: 'job', path: 'spec', cel: 'variables.jobSpec' },
    jobRules,
  );
  into.rules.push(...jobRules.rules.filter(({ path }) => path !== 'spec.template'));
  const podSpec = pod.spec as { readonly [key: string]: Tree };
  const withTolerations = { ...podSpec, tolerations: podSpec.tolerations ?? [] };
  deriveRules(withTolerations, { part: 'pod', path: 'spec.template.spec', cel: 'variables.pod' }, into);
  // After the spec: before Kubernetes 1.34 the server repeats an AppArmor profile as an annotation.
  deriveMetadata(pod.metadata, { part: 'pod', path: 'spec.template.metadata', cel: 'variables.meta' }, into);

  return {
    variables: VARIABLES,
    matchConditions: MATCH_CONDITIONS,
    validations: [...into.rules, ...POOL_RULES, ...closedRules(agentSandbox)].map(validation),
    parameters: Object.fromEntries(into.parameters),
  };
}

/**
 * Labels and annotations: both are closed lists, because networks, runtimes and operators take orders there, and because
 * what a manager writes fills the API server's store.
 */
function deriveMetadata(
  metadata: Tree,
  place: { readonly part: 'job' | 'pod'; readonly path: string; readonly cel: string },
  into: Derivation,
): void {
  const { labels, annotations } = metadata as { readonly [key: string]: Tree };
  const at = (key: string) => ({ ...place, path: `${place.path}.${key}`, cel: `${place.cel}.?${key}` });
  // Without a queue the label has a rule as well: nobody may write it.
  const queue = place.part === 'job' ? { [QUEUE_LABEL]: undefined as Tree } : {};
  const own = Object.entries({ ...queue, ...Object.fromEntries(ownEntries(labels)) });
  for (const [key, entry] of own) deriveRules(entry, inside(at('labels'), key), into);
  const bound = into.bounds[at('labels').path];
  const keys = bound?.kind === 'labels' ? bound.keys : [];
  into.rules.push(
    allowedLabels(
      own.map(([key]) => key),
      keys,
      at('labels'),
      into,
      into.agentSandbox ? AGENT_SANDBOX_LABELS : [],
    ),
  );
  const rules: Derivation = { ...into, rules: [] };
  deriveRules(isTreeMap(annotations) ? annotations : {}, at('annotations'), rules);
  // The networks' own controllers annotate a pod later, and no manager can.
  const when = place.part === 'pod' ? 'created' : 'annotated';
  into.rules.push(...rules.rules.map((rule) => ({ ...rule, when }) as const));
}

/** The labels that the template itself writes; a run may add others. */
function ownEntries(labels: Tree): [string, Tree][] {
  const own = isNode(labels) && labels.op.op === 'merge' ? labels.op.own : labels;
  return isTreeMap(own) ? Object.entries(own) : [];
}

function validation({ part, path, holds, demand, found, keys, when = 'changed' }: Rule): Validation {
  const inPod = path.replace(/^spec\.template\./, '');
  const place = part === 'pod' ? `variables.at + ${celText(inPod)}` : celText(path);
  const field = keys ? `${place} + '.' + ${keys}` : place;
  const guards = [part === 'job' ? '!variables.isJob' : undefined, UNLESS[when]].filter(
    (guard) => guard !== undefined,
  );
  const seen = found ? ` + ': found ' + ${found} + ', allowed: '` : ` + ': allowed: '`;
  return {
    expression: guards.length > 0 ? `${guards.join(' || ')} || (${holds})` : holds,
    message: `${inPod}: not as the sandbox template says`,
    // Neighbouring literals as one.
    messageExpression: `${field}${seen} + ${demand}`.replace(/(?<!\\)' \+ '/g, ''),
    reason: 'Forbidden',
  };
}
