import type { JsonObject } from '../template';
import { Declaration, type PlainDeclarations } from './declaration';
import type { DeclaredValues } from './declared-values';
import type { SubchartSpec, ValuesDefinition } from './values-definition';

/** A subchart among the values of its parent. */
export class SubchartDeclaration<out V extends DeclaredValues | undefined, out E extends boolean> {
  /** Exist in types only. */
  declare protected readonly type: V;
  declare protected readonly canBeLeftOut: E;

  constructor(
    /** The subchart's values as the parent has them. */
    readonly declarations: PlainDeclarations,
    readonly spec: SubchartSpec,
  ) {}
}

interface SubchartView {
  readonly hasTags: boolean;
}

const views = new WeakMap<PlainDeclarations, SubchartView>();

/** Whether a group of declarations stands for a subchart. */
export function subchartView(group: PlainDeclarations): SubchartView | undefined {
  return views.get(group);
}

/**
 * A subchart's values as its parent declares them: with the defaults that count, and with nothing that has to be set,
 * for the subchart may be left out. Globals and tags of a subchart are the parent's own.
 *
 * @param defaults the subchart's, and what the parent has instead of them
 */
export function viewOf(
  { declarations }: Pick<ValuesDefinition, 'declarations'>,
  defaults: JsonObject,
  extra: PlainDeclarations,
): PlainDeclarations {
  const { global: _, tags, ...rest } = declarations;
  const view = { ...extra, ...groupView(rest, defaults) };
  views.set(view, { hasTags: tags !== undefined });
  return view;
}

function groupView(declarations: PlainDeclarations, defaults: JsonObject): PlainDeclarations {
  const entries = Object.entries(declarations).map(([key, entry]): [string, PlainDeclarations[string]] => {
    const value = Object.hasOwn(defaults, key) ? defaults[key] : undefined;
    if (entry instanceof Declaration) return [key, entry.withDefault(value)];
    return [key, groupView(entry, (value ?? {}) as JsonObject)];
  });
  const view = Object.fromEntries(entries);
  const inner = subchartView(declarations);
  if (inner) views.set(view, inner);
  return view;
}
