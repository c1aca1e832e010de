import type { Declaration } from './declaration';
import { NAME_OR_NONE, string } from './text';

/** The two values that every chart made by `helm create` has, under the names that people know. */
export function namingDeclarations(): { readonly [K in (typeof NAMING)[number]]: Declaration<string> } {
  return {
    nameOverride: string({
      default: '',
      pattern: NAME_OR_NONE,
      doc: "Used instead of the chart's name in names and labels",
    }),
    fullnameOverride: string({
      default: '',
      pattern: NAME_OR_NONE,
      doc: 'Used instead of release and chart name as the start of every name',
    }),
  };
}

/** Values that every chart has, whether it uses them or not. */
export const NAMING = ['nameOverride', 'fullnameOverride'] as const;

/** What may be given for them. */
export type NamingGiven = { readonly [K in (typeof NAMING)[number]]?: string };
