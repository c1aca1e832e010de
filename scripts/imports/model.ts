import { ImportsError } from './imports-error';
import { nameDefinitions } from './names';
import { checkKeywords, type Shape, shapeOf, wellKnown } from './shape';
import { apiVersionOf, type Schema, type Swagger } from './swagger';

/** A definition of the OpenAPI document, read once for both printers. */
export interface Definition {
  readonly id: string;
  /** Its TypeScript name. */
  readonly name: string;
  readonly description: string;
  /** Set for a kind, whose objects are stored on their own. */
  readonly kind?: { readonly apiVersion: string; readonly kind: string };
  /** Either the fields of an object, or what else a value of it may be. */
  readonly content: { readonly fields: readonly Field[] } | { readonly alias: Shape };
}

export type KindDefinition = Definition & Required<Pick<Definition, 'kind'>>;

export interface Field {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly shape: Shape;
}

export type Model = ReadonlyMap<string, Definition>;

export function readModel(swagger: Swagger): Model {
  const schemas = Object.entries(swagger.definitions).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = nameDefinitions(
    schemas.map(([id]) => id),
    (id) => kindOf(swagger.definitions[id]) !== undefined,
  );
  const model = new Map(schemas.map(([id, schema]) => [id, readDefinition(id, names.get(id) ?? id, schema)]));
  checkReferences(model);
  return model;
}

/** The definitions of kinds, without those of their parts. */
export function kindDefinitions(model: Model): KindDefinition[] {
  return [...model.values()].filter((definition) => definition.kind !== undefined) as KindDefinition[];
}

function readDefinition(id: string, name: string, schema: Schema): Definition {
  checkKeywords(schema, id);
  const kind = kindOf(schema);
  const alias = wellKnown[id];
  const content = alias ? { alias } : { fields: readFields(id, schema, kind !== undefined) };
  return { id, name, description: schema.description ?? '', kind, content };
}

// DeleteOptions and WatchEvent belong to every group and version at once: they go with a request or a response and
// are never stored as objects, so for us they are parts.
function kindOf(schema: Schema | undefined): Definition['kind'] {
  const kinds = schema?.['x-kubernetes-group-version-kind'] ?? [];
  const [only] = kinds;
  return only && kinds.length === 1 ? { apiVersion: apiVersionOf(only), kind: only.kind } : undefined;
}

function readFields(id: string, schema: Schema, isKind: boolean): Field[] {
  if (schema.type !== 'object' || schema.additionalProperties || schema.items) {
    throw new ImportsError('UNKNOWN_SHAPE', {
      where: id,
      found: `a definition of type "${schema.type}" that is not a plain object`,
      expected: 'an object with properties',
      remedy: 'Say in `wellKnown` of scripts/imports/shape.ts what values the server takes for it.',
    });
  }
  const required = new Set(schema.required);
  // The document leaves these two optional because a server can infer them from the URL; nothing else can.
  if (isKind) required.add('apiVersion').add('kind');
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    description: property.description ?? '',
    required: required.has(name),
    shape: shapeOf(property, `${id} ${name}`),
  }));
}

function checkReferences(model: Model): void {
  for (const definition of model.values()) {
    for (const to of referencesOf(definition)) {
      if (model.has(to)) continue;
      throw new ImportsError('UNKNOWN_DEFINITION', {
        where: definition.id,
        found: `a reference to ${to}`,
        expected: 'a definition of the same document',
        remedy: 'Check that the whole document was read.',
      });
    }
  }
}

/** The ids of the definitions that a definition mentions itself. */
export function referencesOf({ content }: Definition): string[] {
  return 'alias' in content
    ? referencesIn(content.alias)
    : content.fields.flatMap(({ shape }) => referencesIn(shape));
}

function referencesIn(shape: Shape): string[] {
  switch (shape.is) {
    case 'scalar':
      return [];
    case 'definition':
      return [shape.id];
    case 'either':
      return shape.of.flatMap(referencesIn);
    default:
      return referencesIn(shape.of);
  }
}
