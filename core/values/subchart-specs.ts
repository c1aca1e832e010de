import { DrydockError, nearest } from '../template';
import { Declaration, type PlainDeclarations } from './declaration';
import type { Declarations } from './declarations';
import { SubchartDeclaration } from './subchart-declaration';
import type { SubchartSpec } from './values-definition';

/** The subcharts among declarations, by their keys. */
export function subchartSpecs(declarations: Declarations): ReadonlyMap<string, SubchartSpec> {
  const specs = new Map<string, SubchartSpec>();
  for (const [key, entry] of Object.entries(declarations)) {
    if (!(entry instanceof SubchartDeclaration)) continue;
    const { spec } = entry;
    const conditions = spec.hasEnabled ? [...spec.conditions, `${key}.enabled`] : spec.conditions;
    specs.set(key, { ...spec, conditions });
  }
  return specs;
}

/** Refuses conditions and tags that are not declared: helm would ignore them silently. */
export function checkSubcharts(
  subcharts: ReadonlyMap<string, SubchartSpec>,
  declarations: PlainDeclarations,
): void {
  for (const [key, { conditions, tags }] of subcharts) {
    for (const condition of conditions) {
      const entry = condition.split('.').reduce(member, declarations);
      if (!(entry instanceof Declaration) || entry.shape.type !== 'boolean')
        throw unknown('SUBCHART_CONDITION', key, condition, switches(declarations, ''));
    }
    const known = Object.keys(declarations.tags ?? {});
    const missing = tags.find((tag) => !known.includes(tag));
    if (missing !== undefined)
      throw unknown(
        'SUBCHART_TAG',
        key,
        missing,
        known.map((tag) => `tags.${tag}`),
      );
  }
}

type Entry = PlainDeclarations[string] | undefined;

function member(group: Entry, name: string): Entry {
  if (group === undefined || group instanceof Declaration || !Object.hasOwn(group, name)) return undefined;
  return group[name];
}

function switches(declarations: PlainDeclarations, path: string): string[] {
  return Object.entries(declarations).flatMap(([key, entry]) => {
    if (!(entry instanceof Declaration)) return switches(entry, `${path}${key}.`);
    return entry.shape.type === 'boolean' ? [`${path}${key}`] : [];
  });
}

function unknown(code: string, key: string, name: string, known: readonly string[]): DrydockError {
  const near = nearest(code === 'SUBCHART_TAG' ? `tags.${name}` : name, known);
  return new DrydockError(code, {
    where: `value.subchart ${key}`,
    found: `the ${code === 'SUBCHART_TAG' ? 'tag' : 'condition'} "${name}"`,
    expected: known.length > 0 ? `one of ${known.join(', ')}` : 'a boolean that is declared',
    remedy: near
      ? `Did you mean ${near}?`
      : 'Declare it as a boolean among the values of the parent, in the group `tags` for a tag.',
  });
}
