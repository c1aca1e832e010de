import { DrydockError, type Expression, type JsonObject, Owner } from '../template';
import type { PlainDeclarations } from './declaration';
import type { DeclaredValues, GivenOf } from './declared-values';
import { composeDefinitions, definitionFrom, definitionOf } from './definition';
import { mergeValues } from './merge';
import { namingDeclarations } from './naming-values';
import { boolean } from './number';
import { badOption, shown } from './options';
import { checkPartially, refuseSecrets } from './parse-values';
import type { SecretValue } from './secret';
import { SubchartDeclaration, viewOf } from './subchart-declaration';

export interface SubchartOptions<V extends DeclaredValues | undefined> {
  /**
   * Makes `enabled`, with this default, a value of the parent beside the subchart's own: false leaves the chart out.
   * @default - none; the chart is installed unless a condition or its tags say otherwise
   */
  readonly enabled?: boolean;
  /**
   * Paths of booleans among the values of the parent, such as `features.search`; the first that is set decides, before
   * `enabled`.
   * @default - none
   */
  readonly condition?: string | readonly string[];
  /**
   * Names in the group `tags` of the values. Where no condition decides, the chart is left out if all of them that are
   * set are false.
   * @default - none
   */
  readonly tags?: readonly string[];
  /**
   * What the parent has in place of the subchart's own defaults.
   * @default - none
   */
  readonly values?: SubchartGiven<V>;
}

/** What may be given for a subchart, in an environment of the parent or as the parent's default. */
export type SubchartGiven<V extends DeclaredValues | undefined> = (V extends DeclaredValues
  ? Omit<GivenOf<V>, 'global' | 'tags'>
  : object) & { readonly nameOverride?: string; readonly fullnameOverride?: string };

/** A subchart's values as its parent reads them. Secrets are the subchart's own business. */
export type SubchartView<V> = {
  readonly [K in keyof V as K extends 'parse' | 'global' | 'tags'
    ? never
    : V[K] extends SecretValue
      ? never
      : K]: V[K] extends Expression<unknown> ? V[K] : V[K] extends object ? SubchartView<V[K]> : V[K];
};

/**
 * A subchart, as a value of its parent: `backend: value.subchart(backendValues)`. The parent makes the chart itself under
 * the same key: `new Backend(this, 'backend')`.
 *
 * @param values what the subchart's class declares; `undefined` where it declares nothing
 */
export function subchart<V extends DeclaredValues | undefined>(
  values: V,
  options: SubchartOptions<V> & { readonly enabled: boolean },
): SubchartDeclaration<V, true>;
export function subchart<V extends DeclaredValues | undefined>(
  values: V,
  options?: SubchartOptions<V>,
): SubchartDeclaration<V, false>;
export function subchart<V extends DeclaredValues | undefined>(
  values: V,
  options: SubchartOptions<V> = {},
): SubchartDeclaration<V, boolean> {
  checkSubchartOptions(options);
  const { enabled, condition = [], tags = [] } = options;
  const own = values && definitionOf(values);
  const naming = definitionFrom({
    owner: new Owner('naming'),
    declarations: namingDeclarations(),
    secrets: [],
    subcharts: new Map(),
  });
  const definition = composeDefinitions([...(own ? [own] : []), naming], 'value.subchart');
  const instead = (options.values ?? {}) as JsonObject;
  checkPartially(definition, instead, 'the values of value.subchart');
  refuseSecrets(definition, instead, 'the values of value.subchart', 'SECRET_IN_DEFAULTS');
  const hasEnabled = enabled !== undefined;
  if (hasEnabled && definition.declarations.enabled !== undefined) throw hasOneAlready();
  const extra: PlainDeclarations = hasEnabled
    ? { enabled: boolean({ default: enabled, doc: 'Whether it is installed' }) }
    : {};
  return new SubchartDeclaration(viewOf(definition, mergeValues(definition.defaults, instead), extra), {
    definition,
    own,
    conditions: typeof condition === 'string' ? [condition] : condition,
    tags,
    hasEnabled,
  });
}

type Switches = Pick<SubchartOptions<undefined>, 'enabled' | 'condition' | 'tags'>;

function checkSubchartOptions({ enabled, condition = [], tags = [] }: Switches): void {
  const isText = (one: unknown) => typeof one === 'string';
  if (enabled !== undefined && typeof enabled !== 'boolean')
    throw badOption('value.subchart', `enabled: ${shown(enabled)}`, 'true or false', 'Give a boolean.');
  if (!isText(condition) && !(Array.isArray(condition) && condition.every(isText)))
    throw badOption('value.subchart', `condition: ${shown(condition)}`, 'paths of booleans', 'Name them.');
  if (!Array.isArray(tags) || !tags.every(isText))
    throw badOption('value.subchart', `tags: ${shown(tags)}`, 'a list of names', 'Name them in a list.');
}

function hasOneAlready(): DrydockError {
  return new DrydockError('VALUE_NAME', {
    where: 'value.subchart',
    found: 'the option `enabled` for a chart that declares a value `enabled` itself',
    expected: 'one meaning for the name',
    remedy: 'Name the value in `condition` (KEY.enabled) instead, or rename the one of the chart.',
  });
}
