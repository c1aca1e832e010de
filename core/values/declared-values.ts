import type { JsonObject } from '../template';

/** Any set of declared values. */
export interface DeclaredValues {
  parse(given: never): JsonObject;
}

/** What may be given for a set of declared values. */
export type GivenOf<V extends DeclaredValues> = V extends { parse(given: infer G): JsonObject }
  ? G
  : JsonObject;
