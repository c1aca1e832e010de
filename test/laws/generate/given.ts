import type { Json, JsonObject } from '../../../core/template';
import type { ReleaseFacts } from '../../../core/tree';
import type { LawCase } from '../helm-law';
import { givePatches } from './given-patches';
import { type DeclaredTree, type GeneratedChart, isDeclared } from './program';
import { Random } from './random';
import { TRAP_TEXTS, WRONG } from './traps';
import { valid } from './valid';
import type { Declared } from './value-spec';

/** What one case gives to a generated chart. */
export interface Given extends LawCase {
  readonly release: Partial<Omit<ReleaseFacts, 'service'>>;
}

/** The inputs that a seed stands for: valid ones mostly. */
export function givenFor(chart: GeneratedChart, seed: number): Given {
  const random = new Random(seed);
  const values = valuesFor(chart, random);
  if (random.chance(0.14)) spoil(values, random);
  const release = releaseFor(random);
  givePatches(values, chart, release, random);
  const given: Given = { values, release, by: random.chance(0.15) ? 'set-json' : 'file' };
  return chart.subcharts.length === 0 ? given : asUmbrella(given, chart, random);
}

type Values = Record<string, Json>;

function valuesFor(chart: GeneratedChart, random: Random): Values {
  const values: Values = {};
  for (const [name, member] of Object.entries(chart.declared)) give(values, name, member, random);
  if (chart.secretKeys.length > 0) giveSecret(values, chart.secretKeys, random);
  if (random.chance(0.1)) values.nameOverride = random.pick(['', 'hi', '0', 'a-b', 'x'.repeat(40), 'Bad']);
  if (random.chance(0.15))
    values.fullnameOverride = random.pick(['', 'full', '1e3', 'law', 'x'.repeat(63), '-']);
  if (random.chance(0.05) && !values.global)
    values.global = random.pick<Json>([{}, { region: 'here' }, { a: [1, { b: 'c' }] }]);
  return values;
}

function give(target: Values, name: string, member: Declared | DeclaredTree, random: Random): void {
  if (isDeclared(member)) {
    giveOne(target, name, member, random);
    return;
  }
  const group: Values = {};
  for (const [inner, one] of Object.entries(member)) give(group, inner, one, random);
  if (Object.keys(group).length > 0 || random.chance(0.1)) target[name] = group;
}

/** What a parent says in place of a subchart's defaults. */
export function overridesFor(declared: DeclaredTree, seed: number): JsonObject {
  const random = new Random(seed);
  const values: Values = {};
  for (const [name, member] of Object.entries(withoutGlobals(declared)))
    give(values, name, onlySure(member), random);
  return values;
}

/** No null, which a program may not hold. */
function onlySure(member: Declared | DeclaredTree): Declared | DeclaredTree {
  if (isDeclared(member)) return { ...member, presence: 'default' };
  return Object.fromEntries(Object.entries(member).map(([name, one]) => [name, onlySure(one)]));
}

export function withoutGlobals({ global: _, ...rest }: DeclaredTree): DeclaredTree {
  return rest;
}

/** The same for the subcharts of an umbrella, with all the ways in which values of several charts can meet. */
function asUmbrella(given: Given, chart: GeneratedChart, random: Random): Given {
  const values = { ...given.values };
  for (const tag of chart.tags)
    if (random.chance(0.4)) values.tags = { ...(values.tags as object), [tag]: random.chance(0.5) };
  giveSubcharts(values, chart, random);
  if (random.chance(0.08)) withNull(values, random);
  // A release that holds the names of its charts makes them begin their objects' names alike.
  const keys = chart.subcharts.map(({ key }) => key);
  const name = random.pick([...keys.map((key) => `${key}-law`), keys.join('-')]);
  const release = random.chance(0.1) ? { ...given.release, name } : given.release;
  const by = random.pick(['file', 'file', 'set-json', 'set', 'two files'] as const);
  if (by !== 'two files') return { ...given, release, values, by };
  const first = valuesFor(chart, random);
  giveSubcharts(first, chart, random);
  return { ...given, release, values, by, first };
}

function giveSubcharts(values: Values, { subcharts }: GeneratedChart, random: Random): void {
  for (const { key, hasEnabled, generated } of subcharts) {
    const { global, ...own } = valuesFor(generated, random);
    // Of globals it is mostly the outermost chart that is told, also of those that it does not declare itself.
    if (global && random.chance(0.2)) values.global = merged(values.global, global);
    else if (global && random.chance(0.3)) own.global = global;
    if (hasEnabled && random.chance(0.4)) own.enabled = random.chance(0.6);
    giveSubcharts(own, generated, random);
    if (random.chance(0.05)) spoil(own, random);
    if (random.chance(0.9)) values[key] = own;
  }
}

function merged(before: Json | undefined, global: Json): Json {
  return typeof before === 'object' ? { ...(global as object), ...before } : global;
}

/** Null at any place, also where nothing else is given: it takes defaults away, at some levels and not at others. */
function withNull(values: Values, random: Random): void {
  const places = placesIn(values);
  const [holder, key] = random.pick(places.length > 0 ? places : [[values, 'global'] as const]);
  (holder as Values)[key] = null;
}

function giveOne(
  target: Record<string, Json>,
  name: string,
  { spec, presence }: Declared,
  random: Random,
): void {
  const probability = { required: 0.985, default: 0.6, optional: 0.5, 'optional with default': 0.5 }[
    presence
  ];
  if (random.chance(probability)) target[name] = valid(spec, random);
  else if (presence === 'optional with default' && random.chance(0.3)) target[name] = null;
}

function giveSecret(values: Record<string, Json>, keys: readonly string[], random: Random): void {
  const given = random.below(8);
  if (given < 3) values.credentials = { existingSecret: random.pick(['mine', '0777', 'no', '']) };
  else {
    const some = given < 7 ? keys : keys.slice(0, 1);
    values.credentials = Object.fromEntries(some.map((key) => [key, random.pick(TRAP_TEXTS.slice(1))]));
  }
}

/** Changes one place to something that is most likely wrong. */
function spoil(values: Record<string, Json>, random: Random): void {
  const places = placesIn(values);
  const [holder, key] = random.pick(places.length > 0 ? places : [[values, 'unknown'] as const]);
  const target = holder as Record<string, Json>;
  const how = random.below(4);
  if (how === 0) delete target[key];
  else if (how === 1)
    target[
      Array.isArray(holder) ? String(holder.length) : random.pick(['unknown', 'nameOverrides', 'tags'])
    ] = random.pick(WRONG);
  else target[key] = random.pick(WRONG);
  if (Array.isArray(holder)) for (let at = 0; at < holder.length; at++) holder[at] ??= 'filled';
}

function placesIn(json: Json): (readonly [object, string])[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, inner]) => [[json, key] as const, ...placesIn(inner)]);
}

function releaseFor(random: Random): Given['release'] {
  return {
    ...(random.chance(0.5) ? { name: releaseName(random) } : {}),
    ...(random.chance(0.3) ? { namespace: random.pick(['default', 'prod', '0', '1e3', 'no', 'a-b']) } : {}),
    ...(random.chance(0.3) ? { revision: random.pick([1, 2, 10, 1_000_000, 2_147_483_648]) } : {}),
    ...(random.chance(0.3) ? { isUpgrade: true } : {}),
    ...(random.chance(0.3) ? { kubeVersion: random.pick(['v1.33.0', 'v1.34.4', 'v1.36.3']) } : {}),
  };
}

function releaseName(random: Random): string {
  const fixed = ['a', '1', '123', '1e3', '0777', 'no', 'true', 'law', 'my-law', 'law-2', 'prod', 'a.b'];
  const long = [20, 43, 52, 53].map((length) => 'r'.repeat(length));
  return random.chance(0.02) ? 'r'.repeat(54) : random.pick([...fixed, ...fixed, ...long]);
}
