import { nearest } from '../../errors';
import { type ApiError, groupOf, isRecord } from '../../kube';
import type { ClusterApi, Schemas } from '../cluster/cluster-api';
import type { Member } from '../objects/members';

/** What the server says of a field that a kind does not have, once for each. */
const UNDECLARED = /(?:^|\s)\.(\S+): field not declared in schema/g;

/**
 * The fields that were most likely meant by those which the server does not know, as paths; by its own schemas, which
 * are read for that alone. Whatever is wrong with them, a hint is worth no failure.
 */
export async function likelyFields(
  api: ClusterApi,
  { object: { apiVersion, kind } }: Pick<Member, 'object'>,
  { found }: ApiError,
): Promise<readonly string[]> {
  const unknown = [...found.matchAll(UNDECLARED)].map(([, path = '']) => path);
  if (unknown.length === 0) return [];
  try {
    const schemas = await api.schemas(apiVersion);
    return schemas ? unknown.flatMap((path) => likely(schemas, ofKind(schemas, apiVersion, kind), path)) : [];
  } catch {
    return [];
  }
}

function likely(schemas: Schemas, ofObject: unknown, path: string): string[] {
  const before = path.slice(0, path.lastIndexOf('.') + 1);
  const parent = within(schemas, ofObject, before);
  const meant = nearest(path.slice(before.length), Object.keys(propertiesOf(schemas, parent)));
  return meant === undefined ? [] : [`${before}${meant}`];
}

/** The schema of what is at a path such as `spec.template.spec.containers[name="web"].`, the whole object at the empty one. */
function within(schemas: Schemas, ofObject: unknown, path: string): unknown {
  const steps = path
    .replaceAll(/\[[^\]]*\]/g, '.[]')
    .split('.')
    .slice(0, -1);
  return steps.reduce((at: unknown, step) => {
    const schema = resolved(schemas, at);
    if (step === '[]') return schema.items;
    return propertiesOf(schemas, schema)[step] ?? schema.additionalProperties;
  }, ofObject);
}

function ofKind(schemas: Schemas, apiVersion: string, kind: string): unknown {
  const group = groupOf(apiVersion);
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  return Object.values(schemas).find((schema) => {
    const kinds = isRecord(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    return (
      Array.isArray(kinds) &&
      kinds.some(
        (one) => isRecord(one) && one.group === group && one.version === version && one.kind === kind,
      )
    );
  });
}

function propertiesOf(schemas: Schemas, schema: unknown): Readonly<Record<string, unknown>> {
  const { properties } = resolved(schemas, schema);
  return isRecord(properties) ? properties : {};
}

/** A schema that is named is where its name is; beside a default the name is in an `allOf` of one. */
function resolved(schemas: Schemas, schema: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(schema)) return {};
  const { $ref: name, allOf } = schema;
  if (typeof name === 'string') return resolved(schemas, schemas[name.slice(name.lastIndexOf('/') + 1)]);
  return Array.isArray(allOf) && allOf.length === 1 ? resolved(schemas, allOf[0]) : schema;
}
