import { DeployError } from '../errors';
import { type Hook, hookOf } from '../objects/hooks';
import type { Member } from '../objects/members';
import { inWords, keyOf, type ObjectRef } from '../objects/object-ref';
import { definitionsIn, needsOf } from './needs';
import { hookStages, NAMESPACES, stageCount, stageOf } from './stages';

/** An object of the set with its place in the order. */
export interface Ordered {
  readonly member: Member;
  /** Counted through all groups. */
  readonly stage: number;
  /** Keys of objects of the set: if one of them fails, this one is not tried. */
  readonly needs: readonly string[];
  /** Those of them that `depends-on` names, and hooks before it: they are waited for until they are healthy. */
  readonly waitsFor: readonly string[];
}

export const DEPENDS_ON = 'config.kubernetes.io/depends-on';

/** An object of the set, and what is asked of it again and again. */
interface Placed {
  readonly member: Member;
  readonly key: string;
  readonly hook: Hook | undefined;
  /** Its stage, if it depended on nothing. */
  readonly stage: number;
}

/** Puts a set in order. An object is never in an earlier stage than what it depends on. */
export function inOrder(members: readonly Member[]): {
  readonly ordered: readonly Ordered[];
  readonly problems: readonly DeployError[];
} {
  const placed = members.map(placedOf);
  const byKey = new Map(placed.map((one) => [one.key, one]));
  const definitions = definitionsIn(members);
  const problems: DeployError[] = [];
  const waits = new Map(
    placed.map(({ member, key }) => [key, dependencies(member, byKey, problems)] as const),
  );
  addHooks(placed, waits);
  const stages = new Map<string, number>();
  const cycle = findStages(byKey, waits, stages);
  if (cycle) problems.push(cycle);
  // Within a stage what is waited for comes first: the stages were found in that order.
  const place = new Map([...stages.keys()].map((key, at) => [key, at]));
  const found = placed.map((one) => ({
    ...{ member: one.member, key: one.key },
    ...{ stage: stages.get(one.key) ?? one.stage, place: place.get(one.key) ?? 0 },
  }));
  found.sort((one, other) => one.stage - other.stage || one.place - other.place);
  const ordered = found.map(({ member, key, stage }): Ordered => {
    const waitsFor = waits.get(key) ?? [];
    const named = needsOf(member, definitions).filter((needed) => byKey.has(needed));
    return { member, stage, needs: [...new Set([...named, ...waitsFor])], waitsFor };
  });
  return { ordered, problems };
}

function placedOf(member: Member): Placed {
  const hook = hookOf(member.object);
  return { member, key: keyOf(member.ref), hook, stage: ownStage(member, hook) };
}

/** The stages of a group come after all of those before it; but CRDs and namespaces, without which others cannot be, are first. */
function ownStage({ ref, group }: Member, hook: Hook | undefined): number {
  const stage = hook ? hookStages[hook.when] : stageOf(ref);
  return stage <= NAMESPACES ? stage : group * stageCount + stage;
}

/** Later stages wait for the hooks before the workloads, the hooks after all wait for the workloads, and each for less weight. */
function addHooks(placed: readonly Placed[], waits: Map<string, readonly string[]>): void {
  const hooks = placed.flatMap(({ hook, ...one }) => (hook ? [{ ...one, ...hook }] : []));
  if (hooks.length === 0) return;
  const isLate = ({ member }: Placed) => stageOf(member.ref) > hookStages.before;
  for (const one of placed) {
    const { key, stage, hook } = one;
    const earlier = hooks.filter((other) => other.when === 'before' && other.stage < stage);
    const lighter = hooks.filter((other) => hook && other.stage === stage && other.weight < hook.weight);
    const isAfter = hook?.when === 'after';
    const late = isAfter ? placed.filter((other) => !other.hook && isLate(other) && other.stage < stage) : [];
    const more = [...(hook || isLate(one) ? earlier : []), ...lighter, ...late].map((other) => other.key);
    if (more.length > 0) waits.set(key, [...(waits.get(key) ?? []), ...more]);
  }
}

/** What `depends-on` of an object names, as keys. What is not in the set was there before, or never will be: both are told. */
function dependencies(
  { ref, object, from }: Member,
  known: ReadonlyMap<string, Placed>,
  problems: DeployError[],
): string[] {
  const text = object.metadata?.annotations?.[DEPENDS_ON];
  if (!text) return [];
  return text.split(',').flatMap((one) => {
    const target = parseReference(one.trim());
    if (target && known.has(keyOf(target))) return keyOf(target);
    problems.push(
      new DeployError('DEPENDENCY_UNKNOWN', {
        where: `${from}, ${inWords(ref)} annotation ${DEPENDS_ON}`,
        found: target ? `${inWords(target)}, which is not in the set` : `"${one.trim()}"`,
        expected: 'objects of the set, as GROUP/namespaces/NAMESPACE/KIND/NAME or GROUP/KIND/NAME',
        remedy:
          'Correct the reference (the core group is empty: /namespaces/shop/Secret/db), or leave it out.',
      }),
    );
    return [];
  });
}

function parseReference(text: string): ObjectRef | undefined {
  const parts = text.split('/');
  const [group = '', second, third, fourth, fifth] = parts;
  if (parts.length === 5 && second === 'namespaces' && third && fourth && fifth) {
    return { group, namespace: third, kind: fourth, name: fifth };
  }
  return parts.length === 3 && second && third ? { group, kind: second, name: third } : undefined;
}

/** Fills in the stages, deepest first; the answer is the first circle that is found. */
function findStages(
  all: ReadonlyMap<string, Placed>,
  waits: ReadonlyMap<string, readonly string[]>,
  stages: Map<string, number>,
): DeployError | undefined {
  const visit = (key: string, way: readonly string[]): string[] | undefined => {
    if (stages.has(key)) return undefined;
    if (way.includes(key)) return [...way.slice(way.indexOf(key)), key];
    let { stage } = all.get(key)!;
    for (const next of waits.get(key) ?? []) {
      const circle = visit(next, [...way, key]);
      if (circle) return circle;
      stage = Math.max(stage, stages.get(next)!);
    }
    stages.set(key, stage);
    return undefined;
  };
  for (const key of all.keys()) {
    const circle = visit(key, []);
    if (!circle) continue;
    return new DeployError('DEPENDENCY_CYCLE', {
      where: `annotations ${DEPENDS_ON} and hooks`,
      found: circle.map((one) => inWords(all.get(one)!.member.ref)).join(' -> '),
      expected: 'dependencies that end somewhere',
      remedy: 'Leave out one of them.',
    });
  }
  return undefined;
}
