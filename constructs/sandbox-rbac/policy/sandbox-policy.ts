import { isNode, isTreeMap, type Templated, type Tree } from '../../../core/template';
import type { SandboxSpec } from '../../../sandbox/spec';
import { celText } from './cel';
import { type Derivation, deriveRules } from './derive';
import { inside } from './place';
import type { Rule } from './rule';
import { JOB_FINALIZER } from './server-fields';

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
];

/**
 * An update that leaves spec and labels alone is none of the policy's business: the Job controller has to be able to
 * take its finalizer from a pod that an older policy let in.
 */
const MATCH_CONDITIONS = [
  {
    name: 'changes-spec-or-labels',
    expression:
      "request.operation == 'CREATE' || dyn(object).spec != dyn(oldObject).spec || " +
      'dyn(object).metadata.?labels != dyn(oldObject).metadata.?labels',
  },
];

const FINALIZERS: readonly Rule[] = [
  {
    part: 'job',
    path: 'metadata.finalizers',
    holds: 'variables.job.metadata.?finalizers.orValue([]).size() == 0',
    demand: celText('none'),
    onCreateOnly: true,
  },
  {
    part: 'pod',
    path: 'spec.template.metadata.finalizers',
    holds: `variables.meta.?finalizers.orValue([]).all(name, name == ${celText(JOB_FINALIZER)})`,
    demand: celText('none'),
    onCreateOnly: true,
  },
];

/** The policy that admits what a template can come to, and nothing looser. */
export function sandboxPolicy(sandbox: SandboxSpec): SandboxPolicy {
  const { bounds, runOwners } = sandbox;
  const into: Derivation = { bounds, runOwners, rules: [], parameters: new Map() };
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
    validations: [...into.rules, ...FINALIZERS].map(validation),
    parameters: Object.fromEntries(into.parameters),
  };
}

/** Labels and annotations; a pod's annotations are a closed list, because networks and runtimes take orders there. */
function deriveMetadata(
  metadata: Tree,
  place: { readonly part: 'job' | 'pod'; readonly path: string; readonly cel: string },
  into: Derivation,
): void {
  const { labels, annotations } = metadata as { readonly [key: string]: Tree };
  const at = (key: string) => ({ ...place, path: `${place.path}.${key}`, cel: `${place.cel}.?${key}` });
  for (const [key, entry] of ownEntries(labels)) deriveRules(entry, inside(at('labels'), key), into);
  const rules: Derivation = { ...into, rules: [] };
  deriveRules(isTreeMap(annotations) ? annotations : {}, at('annotations'), rules);
  const wanted = rules.rules.filter(({ keys }) => keys === undefined || place.part === 'pod');
  // The networks' own controllers annotate a pod later.
  into.rules.push(...wanted.map((rule) => ({ ...rule, onCreateOnly: true })));
}

/** The labels that the template itself writes; a run may add others. */
function ownEntries(labels: Tree): [string, Tree][] {
  const own = isNode(labels) && labels.op.op === 'merge' ? labels.op.own : labels;
  return isTreeMap(own) ? Object.entries(own) : [];
}

function validation({ part, path, holds, demand, found, keys, onCreateOnly }: Rule): Validation {
  const inPod = path.replace(/^spec\.template\./, '');
  const place = part === 'pod' ? `variables.at + ${celText(inPod)}` : celText(path);
  const field = keys ? `${place} + '.' + ${keys}` : place;
  const guards = [
    ...(part === 'job' ? ['!variables.isJob'] : []),
    ...(onCreateOnly ? ["request.operation != 'CREATE'"] : []),
  ];
  const seen = found ? ` + ': found ' + ${found} + ', allowed: '` : ` + ': allowed: '`;
  return {
    expression: guards.length > 0 ? `${guards.join(' || ')} || (${holds})` : holds,
    message: `${inPod}: not as the sandbox template says`,
    // Neighbouring literals as one.
    messageExpression: `${field}${seen} + ${demand}`.replace(/(?<!\\)' \+ '/g, ''),
    reason: 'Forbidden',
  };
}
