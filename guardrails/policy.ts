import type { Place, Predicate } from '../check/predicates/predicate';
import { celField, celLiteral, celText } from '../constructs/sandbox-rbac/policy/cel';
import { groupOf } from '../core/schema';
import { kinds as knownKinds } from '../imports/kinds';
import { celOf } from './cel-of';
import { type Guardrail, kindsOf } from './rule';

const VARIABLES = [
  {
    name: 'pod',
    expression:
      "object.kind == 'Pod' ? dyn(object) : object.kind == 'CronJob' ? dyn(object).spec.jobTemplate.spec.template : dyn(object).spec.template",
  },
  {
    name: 'containers',
    expression: ['initContainers', 'containers', 'ephemeralContainers']
      .map((list) => `dyn(variables.pod.?spec.?${list}.orValue([]))`)
      .join(' + '),
  },
] as const;

/** What a ValidatingAdmissionPolicy has of its own for these rules. */
export function policySpec(rules: readonly Guardrail[]) {
  return {
    failurePolicy: 'Fail',
    matchConstraints: { matchPolicy: 'Equivalent', resourceRules: resourceRules(rules) },
    matchConditions: matchConditions(rules),
    variables: VARIABLES,
    validations: rules.map(validation),
  } as const;
}

function validation(rule: Guardrail) {
  const { id, of, why, fix } = rule;
  const item = { object: 'dyn(object)', pod: 'variables.pod', container: 'c' }[of];
  const one = celOf(rule.holds, item);
  const holds = of === 'container' ? `variables.containers.all(c, ${one})` : one;
  const said = `${why} ${fix}`;
  const names = `variables.containers.filter(c, !(${one})).map(c, string(c.name)).join(', ')`;
  return {
    expression: `!(object.kind in ${celLiteral(kindsOf(rule))}) || (${holds})`,
    message: `${id}: ${said}`,
    ...(of === 'container' && {
      messageExpression: `${celText(`${id}: container `)} + ${names} + ${celText(`. ${said}`)}`,
    }),
    reason: 'Forbidden',
  } as const;
}

/** The resources behind the kinds, each in the newest version that is not a trial. */
function resourceRules(rules: readonly Guardrail[]) {
  const wanted = [...new Set(rules.flatMap(kindsOf))];
  const found = Object.entries(knownKinds).flatMap(([apiVersion, infos]) =>
    wanted
      .filter((kind) => Object.hasOwn(infos, kind) && apiVersion === newestOf(groupOf(apiVersion), kind))
      .map((kind) => ({ apiVersion, plural: infos[kind]!.plural })),
  );
  const versions = [...new Set(found.map(({ apiVersion }) => apiVersion))];
  return versions.map((apiVersion) => ({
    apiGroups: [groupOf(apiVersion)],
    apiVersions: [apiVersion.split('/').at(-1) as string],
    operations: ['CREATE', 'UPDATE'],
    resources: found
      .filter((one) => one.apiVersion === apiVersion)
      .flatMap(({ plural }) => (plural === 'pods' ? ['pods', 'pods/ephemeralcontainers'] : [plural])),
  }));
}

function newestOf(group: string, kind: string): string | undefined {
  const versions = Object.keys(knownKinds).filter(
    (apiVersion) => groupOf(apiVersion) === group && Object.hasOwn(knownKinds[apiVersion] ?? {}, kind),
  );
  const rank = (apiVersion: string) =>
    (/alpha/.test(apiVersion) ? 0 : /beta/.test(apiVersion) ? 100 : 200) +
    Number.parseInt(apiVersion.slice(apiVersion.lastIndexOf('v') + 1), 10);
  return versions.sort((one, other) => rank(other) - rank(one))[0];
}

/** Whether a kind is one that a policy can name. */
export function isKnownKind(kind: string): boolean {
  return Object.values(knownKinds).some((infos) => Object.hasOwn(infos, kind));
}

/**
 * An update that leaves alone what the rules read is let through: a controller has to be able to write status and
 * finalizers of an object that is older than the rules, and to delete it.
 */
function matchConditions(rules: readonly Guardrail[]) {
  const read = [...new Set(rules.flatMap(fieldsOf))].sort();
  const changed = read.map((field) => `dyn(object)${field} != dyn(oldObject)${field}`);
  return [
    {
      name: 'changes-what-the-rules-read',
      expression: ["request.operation == 'CREATE'", ...changed].join(' || '),
    },
  ];
}

/** The parts of an object that a rule reads, as CEL has them behind the object. */
function fieldsOf(rule: Guardrail): string[] {
  const ofPods = rule.of === 'object' ? [] : ['.?spec', ...LABELS];
  return [...ofPods, ...placesIn(rule.holds).flatMap(({ root, keys }) => partOf(root, keys, rule))];
}

const LABELS = ['.?metadata.?labels', '.?metadata.?annotations'];

function partOf(root: Place['root'], [first, second]: readonly string[], rule: Guardrail): string[] {
  const isOfObject = root === 'object' || (root === 'item' && rule.of === 'object');
  if (!isOfObject || first === undefined) return [];
  if (first !== 'metadata') return [celField('', first)];
  return second === undefined ? LABELS : [celField('.?metadata', second)];
}

/** The places that are read from the item itself; inside of a list they begin at its entries. */
function placesIn(predicate: Predicate): Place[] {
  if (predicate.op === 'all' || predicate.op === 'any') return predicate.of.flatMap(placesIn);
  if (predicate.op === 'not') return placesIn(predicate.of);
  const inside = 'each' in predicate ? placesIn(predicate.each).filter(({ root }) => root === 'object') : [];
  return [predicate.at, ...('list' in predicate ? [predicate.list] : []), ...inside];
}
