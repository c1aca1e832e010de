import type { Declaration } from './declaration';
import { string } from './text';

/** A name as it may stand at the start of other names; empty where it is not set. */
const OVERRIDE = '^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$';

/** The two values that every chart made by `helm create` has, under the names that people know. */
export function namingDeclarations(): { readonly [K in (typeof NAMING)[number]]: Declaration<string> } {
  return {
    nameOverride: string({
      default: '',
      pattern: OVERRIDE,
      doc: "Used instead of the chart's name in names and labels",
    }),
    fullnameOverride: string({
      default: '',
      pattern: OVERRIDE,
      doc: 'Used instead of release and chart name as the start of every name',
    }),
  };
}

/** Values that every chart has, whether it uses them or not. */
export const NAMING = ['nameOverride', 'fullnameOverride'] as const;
