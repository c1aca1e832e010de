import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readKubernetesSpec } from './kubernetes-module';
import {
  type Definition,
  type KindDefinition,
  kindDefinitions,
  type Model,
  readModel,
  referencesOf,
} from './model';
import { type JsonSchema, propertySchema } from './property-schema';

/** What `kubeconform -schema-location` takes after the folder to find a file that writeSchemas() wrote. */
export const kubeconformTemplate = '{{.ResourceKind}}{{.KindSuffix}}.json';

/**
 * Writes a JSON schema for every kind of the pinned Kubernetes version, each complete in itself, and returns the file
 * names. They hold no descriptions and refuse unknown fields; made on demand, since they are megabytes.
 */
export async function writeSchemas(folder: string): Promise<string[]> {
  const { swagger } = await readKubernetesSpec();
  const schemas = schemaFiles(readModel(swagger));
  await mkdir(folder, { recursive: true });
  for (const [name, schema] of schemas) {
    await writeFile(path.join(folder, name), `${JSON.stringify(schema)}\n`);
  }
  return [...schemas.keys()];
}

/** The schema of every kind by its file name. */
export function schemaFiles(model: Model): Map<string, JsonSchema> {
  return new Map(
    kindDefinitions(model).map((definition) => [fileName(definition), kindSchema(definition, model)]),
  );
}

// kubeconform keeps of a group only what is before the first dot, and writes everything in lower case.
function fileName({ kind: { apiVersion, kind } }: KindDefinition): string {
  const [group = '', version] = apiVersion.toLowerCase().split('/');
  return [kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-') + '.json';
}

function kindSchema(definition: KindDefinition, model: Model): JsonSchema {
  const { kind } = definition;
  const own = objectSchema(definition, model, true);
  const parts = reachableParts(definition, model).map((part) => [
    part.name,
    objectSchema(part, model, false),
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...own,
    type: 'object',
    properties: { ...own.properties, apiVersion: { const: kind.apiVersion }, kind: { const: kind.kind } },
    $defs: Object.fromEntries(parts),
  };
}

function objectSchema({ content, kind }: Definition, model: Model, standsAlone: boolean) {
  const fields = 'fields' in content ? content.fields : [];
  const isRequired = (name: string, required: boolean) =>
    required && (standsAlone || kind === undefined || (name !== 'apiVersion' && name !== 'kind'));
  const properties = fields.map(({ name, shape, required }) => [
    name,
    propertySchema(shape, model, { orNull: !isRequired(name, required) }),
  ]);
  return {
    // Null is how one leaves an optional part out; a place where it may not be left out says so itself.
    type: ['object', 'null'],
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
    required: fields.filter(({ name, required }) => isRequired(name, required)).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** The definitions with fields that an object of this kind can contain, however deep. */
function reachableParts(start: Definition, model: Model): Definition[] {
  const seen = new Set<Definition>();
  const visit = (definition: Definition): void => {
    for (const id of referencesOf(definition)) {
      const next = model.get(id);
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      visit(next);
    }
  };
  visit(start);
  return [...seen].filter(({ content }) => 'fields' in content);
}
