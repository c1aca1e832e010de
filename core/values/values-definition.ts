import type { JsonObject, Owner } from '../template';
import type { PlainDeclarations } from './declaration';
import type { Schema } from './schema';
import type { SecretValue } from './secret';

/** What is behind a set of values, for the rooms that print and check them. */
export interface ValuesDefinition {
  readonly owner: Owner;
  readonly declarations: PlainDeclarations;
  readonly schema: Schema;
  readonly defaults: JsonObject;
  readonly secrets: readonly SecretValue[];
  /** The subcharts that a chart with these values has, by the key of their values. */
  readonly subcharts: ReadonlyMap<string, SubchartSpec>;
}

/** What a chart knows of one of its subcharts. */
export interface SubchartSpec {
  /** What the subchart can be told, the naming values included. */
  readonly definition: ValuesDefinition;
  /** The values that the subchart's class declares; none where it takes none. */
  readonly own: ValuesDefinition | undefined;
  /** Paths of booleans among the parent's values; the first that is set decides. */
  readonly conditions: readonly string[];
  readonly tags: readonly string[];
  /** Whether the parent has a value `enabled` beside the subchart's own. */
  readonly hasEnabled: boolean;
}
