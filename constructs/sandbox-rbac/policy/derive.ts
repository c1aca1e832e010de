import {
  DrydockError,
  isNode,
  isTreeList,
  isTreeMap,
  type Json,
  type Node,
  type Owner,
  type Tree,
  visitNodes,
} from '../../../core/template';
import { type Bounds, GIVEN_FIELDS, TEMPLATE, TEMPLATE_ANNOTATION } from '../../../sandbox/spec';
import { boundRule } from './bound-rules';
import { celLiteral, celText } from './cel';
import { parameter, parameterAt } from './parameters';
import { foundAt, inside, mapAt, type Place, pathOf } from './place';
import type { Rule, Rules } from './rule';
import { AGENT_SANDBOX_FIELDS, isQuantity, SERVER_FIELDS, type ServerField } from './server-fields';
import { tolerationRule } from './tolerations';

/** What the walk over a template needs to know and fills. */
export interface Derivation extends Rules {
  readonly bounds: Bounds;
  readonly runOwners: ReadonlyMap<Owner, string>;
  /** Whether pods of agent-sandbox are admitted as well. */
  readonly agentSandbox: boolean;
}

/** Adds the rules that follow from one part of a template. */
export function deriveRules(tree: Tree, place: Place, into: Derivation): void {
  const bound = into.bounds[place.path];
  if (place.path.endsWith('.tolerations')) into.rules.push(tolerationRule(tree, place, into));
  else if (isGiven(place.path)) deriveFromGiven(tree, place, into);
  else if (isNode(tree)) deriveFromNode(tree, place, into);
  else if (bound) into.rules.push(boundRule(bound, place, into));
  else if (isTreeList(tree)) deriveFromList(tree, place, into);
  else if (isTreeMap(tree)) deriveFromMap(tree, place, into);
  else into.rules.push(equalTo(tree as Json, place));
}

function isGiven(path: string): boolean {
  return GIVEN_FIELDS.some((field) => (field.endsWith('.') ? path.startsWith(field) : path === field));
}

/** The policy is the same whether the field is a value, a constant, or not there. */
function deriveFromGiven(tree: Tree, place: Place, into: Derivation): void {
  if (isNode(tree) && readsRun(tree, into.runOwners)) throw unbounded(place);
  into.rules.push(equalToParameter(tree, place, into));
}

function deriveFromNode(node: Node, place: Place, into: Derivation): void {
  const bound = into.bounds[place.path];
  const { op } = node;
  if (op.op === 'merge') {
    // The keys beside a spread map win over its own, so they are sure.
    for (const [key, entry] of Object.entries(op.own)) deriveRules(entry, inside(place, key), into);
    if (!bound) throw unbounded(place);
  } else if (op.op === 'value' && op.owner === TEMPLATE) {
    into.rules.push(equalToText(parameterAt(TEMPLATE_ANNOTATION), place));
  } else if (op.op === 'range') {
    if (!bound) throw unbounded(place);
    if (isTreeMap(op.body)) into.rules.push(entriesHaveKeys(Object.keys(op.body), place));
    into.rules.push(boundRule(bound, place, into));
  } else if (bound) {
    into.rules.push(boundRule(bound, place, into));
  } else if (readsRun(node, into.runOwners)) {
    throw unbounded(place);
  } else {
    into.rules.push(equalToParameter(node, place, into));
  }
}

function deriveFromList(list: readonly Tree[], place: Place, into: Derivation): void {
  if (list.every((entry) => typeof entry === 'string')) {
    into.rules.push(equalTo(list as Json, place));
    return;
  }
  into.rules.push({
    ...pathOf(place),
    holds: `${place.cel}.orValue([]).size() == ${list.length}`,
    demand: celText(list.length === 1 ? 'one entry' : `${list.length} entries`),
    found: `string(${place.cel}.orValue([]).size())`,
  });
  list.forEach((entry, index) => {
    const at = { ...place, path: `${place.path}[${index}]`, cel: `${place.cel}[?${index}]` };
    deriveRules(entry, at, into);
  });
}

function deriveFromMap(map: { readonly [key: string]: Tree }, place: Place, into: Derivation): void {
  const isThere = ([key, entry]: [string, Tree]) =>
    (entry !== undefined && entry !== null) || isGiven(inside(place, key).path);
  const there = Object.entries(map).filter(isThere);
  into.rules.push(
    ...onlyKnownKeys(
      there.map(([key]) => key),
      place,
      into,
    ),
  );
  for (const [key, entry] of there) deriveRules(entry, inside(place, key), into);
}

/** No key but the template's and the server's; and of those, the values that the server gives. */
function onlyKnownKeys(own: readonly string[], place: Place, { agentSandbox }: Derivation): Rule[] {
  const at = place.path.replace(/\[\d+\]/g, '[]');
  const fields = [SERVER_FIELDS, ...(agentSandbox ? [AGENT_SANDBOX_FIELDS] : [])].flatMap(
    (known) => known[at] ?? [],
  );
  const added = fields.filter(({ key }) => !own.includes(key));
  const keysOf = (fields: readonly ServerField[]) => fields.map(({ key }) => key);
  const sure = added.filter((field) => !field.onUpdateOnly && !field.inPodOnly && !field.fromQueue);
  const isKnown = [
    `key in ${celLiteral([...own, ...keysOf(sure)])}`,
    ...keysOf(added.filter((field) => field.onUpdateOnly)).map(
      (key) => `key == ${celText(key)} && request.operation == 'UPDATE'`,
    ),
    ...keysOf(added.filter((field) => field.inPodOnly)).map(
      (key) => `key == ${celText(key)} && !variables.isJob`,
    ),
  ].join(' || ');
  // What is found is said without them: an expression of a message may not ask who has which right.
  const fromQueue = keysOf(added.filter((field) => field.fromQueue)).map(
    (key) => ` || key == ${celText(key)} && variables.fromQueue`,
  );
  const map = mapAt(place);
  const checked = added.flatMap(({ key, only }): Rule[] => {
    if (only === undefined) return [];
    const at = inside(place, key);
    const holds = `${at.cel}.optMap(value, value == ${only}).orValue(true)`;
    return [{ ...pathOf(at), holds, demand: celText(String(only)), found: foundAt(at) }];
  });
  return [
    {
      ...pathOf(place),
      keys: `${map}.filter(key, !(${isKnown})).join(', ')`,
      holds: `${map}.all(key, ${[isKnown, ...fromQueue].join('')})`,
      demand: celText('nothing, the template does not have it'),
    },
    ...checked,
  ];
}

/** A list that a run fills: its entries have the keys that the template gives them, and nothing else. */
function entriesHaveKeys(keys: readonly string[], place: Place): Rule {
  return {
    ...pathOf(place),
    holds: `${place.cel}.orValue([]).all(entry, entry.all(key, key in ${celLiteral(keys)}))`,
    demand: celText(`entries with ${keys.join(' and ')} only`),
  };
}

function equalTo(json: Json, place: Place): Rule {
  const literal = celLiteral(json);
  return {
    ...pathOf(place),
    holds: `${place.cel} == optional.of(${literal})`,
    demand: celText(typeof json === 'object' ? JSON.stringify(json) : String(json)),
    found: Array.isArray(json) ? undefined : foundAt(place),
  };
}

/** Amounts are compared by what they come to, everything else as text. */
function equalToParameter(tree: Tree, place: Place, into: Derivation): Rule {
  const wanted = parameter(place.path, tree, into);
  if (!isQuantity(place.path)) return equalToText(wanted, place);
  const compared = `quantity(string(value)).compareTo(quantity(${wanted})) == 0`;
  const holds = `${place.cel}.optMap(value, ${compared}).orValue(false)`;
  return { ...pathOf(place), holds, demand: wanted, found: foundAt(place) };
}

/** `''` stands for what is not there. */
function equalToText(wanted: string, place: Place): Rule {
  const holds = `${place.cel}.optMap(value, string(value)).orValue('') == ${wanted}`;
  return { ...pathOf(place), holds, demand: wanted, found: foundAt(place) };
}

function readsRun(node: Node, runOwners: ReadonlyMap<Owner, string>): boolean {
  let reads = false;
  visitNodes(node, ({ op }) => {
    if (op.op === 'value') reads ||= runOwners.has(op.owner);
  });
  return reads;
}

function unbounded({ path }: Place): DrydockError {
  return new DrydockError('RUN_VALUE_UNBOUNDED', {
    where: `the sandbox template, ${path}`,
    found: 'a value that each run gives, without a bound',
    expected: 'a bound that the admission policy can hold it against',
    remedy: 'Add one under this path to the bounds of the template, or make it a value of the installation.',
  });
}
