/** An OpenAPI schema as a CustomResourceDefinition has it. */
export type Json = Readonly<Record<string, unknown>>;

/** A rule in CEL, and what is told to who breaks it. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
}

/**
 * One description of a field: the schema that the API server holds it to, and the TypeScript type of its value, which is
 * only there for the compiler.
 */
export interface Schema<Value> {
  readonly json: Json;
  readonly value?: Value;
}

export type ValueOf<Of> = Of extends Schema<infer Value> ? Value : never;

type Fields = Readonly<Record<string, Schema<unknown>>>;
type Shape<Required extends Fields, Optional extends Fields> = {
  readonly [Name in keyof Required]: ValueOf<Required[Name]>;
} & { readonly [Name in keyof Optional]?: ValueOf<Optional[Name]> };

function described<Value>(doc: string, json: Json, rules: readonly Rule[] = []): Schema<Value> {
  return {
    json: {
      description: doc,
      ...json,
      ...(rules.length > 0 ? { 'x-kubernetes-validations': rules } : {}),
    },
  };
}

export interface TextLimits {
  readonly maxLength: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: string;
  readonly rules?: readonly Rule[];
}

export function text(doc: string, { rules, ...limits }: TextLimits): Schema<string> {
  return described(doc, { type: 'string', ...limits }, rules);
}

export function oneOf<const Word extends string>(
  doc: string,
  words: readonly Word[],
  given: { readonly default?: Word } = {},
): Schema<Word> {
  return described(doc, { type: 'string', enum: words, ...given });
}

export function flag(doc: string, given: { readonly default?: boolean } = {}): Schema<boolean> {
  return described(doc, { type: 'boolean', ...given });
}

export function count(doc: string, limits: { readonly minimum?: number } = {}): Schema<number> {
  return described(doc, { type: 'integer', ...limits });
}

/** A number with or without a fraction. */
export function number(doc: string): Schema<number> {
  return described(doc, { type: 'number' });
}

/** A map whose content is for somebody else to judge, such as the values of a chart. */
export function anything(doc: string): Schema<Readonly<Record<string, unknown>>> {
  return described(doc, { type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
}

export interface ListLimits {
  readonly maxItems: number;
  readonly minItems?: number;
  /** The field that tells items apart. */
  readonly mapKey?: string;
  /** None may be there twice. */
  readonly isSet?: boolean;
  readonly rules?: readonly Rule[];
}

export function list<Value>(doc: string, items: Schema<Value>, limits: ListLimits): Schema<readonly Value[]> {
  const { mapKey, isSet, rules, ...bounds } = limits;
  const kind = mapKey
    ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [mapKey] }
    : { 'x-kubernetes-list-type': isSet ? 'set' : 'atomic' };
  return described(doc, { type: 'array', items: items.json, ...bounds, ...kind }, rules);
}

/** Texts by name, such as labels. */
export function texts(
  doc: string,
  values: Schema<string>,
  limits: {
    readonly minProperties?: number;
    readonly maxProperties: number;
    readonly rules?: readonly Rule[];
  },
): Schema<Readonly<Record<string, string>>> {
  const { rules, ...bounds } = limits;
  return described(doc, { type: 'object', additionalProperties: values.json, ...bounds }, rules);
}

export function object<Required extends Fields, Optional extends Fields>(
  doc: string,
  fields: { readonly required: Required; readonly optional: Optional },
  how: { readonly rules?: readonly Rule[]; readonly default?: Json } = {},
): Schema<Shape<Required, Optional>> {
  const all = Object.entries({ ...fields.required, ...fields.optional });
  const required = Object.keys(fields.required);
  return described(
    doc,
    {
      type: 'object',
      properties: Object.fromEntries(all.map(([name, { json }]) => [name, json])),
      ...(required.length > 0 ? { required } : {}),
      ...(how.default ? { default: how.default } : {}),
    },
    how.rules,
  );
}
