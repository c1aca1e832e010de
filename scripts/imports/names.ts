import { ImportsError } from './imports-error';

interface Candidate {
  readonly id: string;
  readonly group: string;
  readonly version: string;
  readonly short: string;
  readonly isKind: boolean;
}

/** The rule as a user of the types needs to know it; printed at their top. */
export const namingRule = `\
// Names. A definition has the short name that the OpenAPI document gives it, with two exceptions:
// - Within a group the most stable, then newest version has the plain name, any other ends in its version:
//   HorizontalPodAutoscaler is autoscaling/v2, HorizontalPodAutoscalerV1 is autoscaling/v1.
// - Between groups a kind has the plain name before a part of one, and group core before the rest: Event is core's,
//   EventsEvent that of events.k8s.io. Where that does not decide, all of them start with their group: RbacSubject,
//   FlowcontrolSubject.
`;

/** The TypeScript name of every definition, by its id. */
export function nameDefinitions(
  ids: readonly string[],
  isKind: (id: string) => boolean,
): Map<string, string> {
  const candidates = ids.map((id) => candidate(id, isKind(id)));
  const names = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const sameName of groupBy(candidates, ({ short }) => short).values()) {
    const perGroup = groupBy(sameName, ({ group }) => group);
    const plainGroup = groupWithPlainName(perGroup);
    for (const [group, versions] of perGroup) {
      const prefix = group === plainGroup ? '' : capitalised(group);
      const best = versions.reduce((a, b) => (rank(b.version) > rank(a.version) ? b : a));
      for (const { id, version, short } of versions) {
        const name = prefix + short + (version === best.version ? '' : capitalised(version));
        refuseDuplicate(name, id, taken.get(name));
        taken.set(name, id);
        names.set(id, name);
      }
    }
  }
  return names;
}

function candidate(id: string, isKind: boolean): Candidate {
  const segments = id.split('.');
  const short = segments.pop() ?? id;
  const version = /^v\d+((alpha|beta)\d+)?$/.test(segments.at(-1) ?? '') ? (segments.pop() ?? '') : '';
  return { id, group: segments.at(-1) ?? '', version, short, isKind };
}

function groupWithPlainName(perGroup: ReadonlyMap<string, readonly Candidate[]>): string | undefined {
  const all = [...perGroup.keys()];
  const withKind = all.filter((group) => perGroup.get(group)?.some(({ isKind }) => isKind));
  const eligible = withKind.length > 0 ? withKind : all;
  if (eligible.length === 1) return eligible[0];
  return eligible.find((group) => group === 'core');
}

/** Orders versions as the API server does: v2, v1, v1beta2, v1beta1, v1alpha1. */
function rank(version: string): number {
  const [, major = '0', stage, step = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const stability = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return stability * 1e6 + Number(major) * 1e3 + Number(step);
}

function refuseDuplicate(name: string, id: string, other: string | undefined): void {
  if (other === undefined) return;
  throw new ImportsError('DUPLICATE_NAME', {
    where: id,
    found: `the name ${name}, which ${other} has already`,
    expected: 'one name a definition',
    remedy: 'Widen the rule in scripts/imports/names.ts.',
  });
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
