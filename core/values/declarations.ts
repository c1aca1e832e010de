import type { Declaration } from './declaration';
import type { DeclaredValues } from './declared-values';
import type { SecretDeclaration } from './secret';
import type { SubchartDeclaration } from './subchart-declaration';

/**
 * Values as a program declares them: declarations, in groups of any depth. The group `global` is shared with all charts
 * of an umbrella; the group `tags` holds booleans that subcharts are left out by.
 */
export interface Declarations {
  readonly [key: string]:
    | Declaration<unknown>
    | SecretDeclaration<string>
    | SubchartDeclaration<DeclaredValues | undefined, boolean>
    | Declarations;
}
