import { ImportsError } from './imports-error';
import type { Model } from './model';

/** The values that a field of a definition may have: by the id of the definition, then by the field. */
export type Enums = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const definitionLine = /^func schema_(\w+)\(ref common\.ReferenceCallback\)/;
// Six tabs are the fields of a definition; what lies deeper belongs to the field that was seen last.
const fieldLine = /^\t{5}"([^"]+)": \{$/;
const enumLine = /^\t+Enum: +\[\]interface\{\}\{(.*)\},$/;

/**
 * Reads which values the fields of the API may have from pkg/generated/openapi/zz_generated.openapi.go: the published
 * OpenAPI document leaves them out, and this file, which the server makes its own document from, has them.
 */
export function readEnums(source: string, model: Model): Enums {
  const ids = new Map([...model.keys()].map((id) => [goName(id), id]));
  const enums = new Map<string, Map<string, readonly string[]>>();
  let id: string | undefined;
  let field: string | undefined;
  for (const line of source.split('\n')) {
    const definition = definitionLine.exec(line)?.[1];
    if (definition !== undefined) [id, field] = [ids.get(definition), undefined];
    field = fieldLine.exec(line)?.[1] ?? field;
    const values = enumLine.exec(line)?.[1];
    if (values === undefined || id === undefined) continue;
    if (field === undefined) throw outsideOfField(id, values);
    const fields = enums.get(id) ?? new Map<string, readonly string[]>();
    enums.set(id, fields.set(field, JSON.parse(`[${values}]`) as string[]));
  }
  return enums;
}

/** `io.k8s.api.core.v1.Container` is `k8sio_api_core_v1_Container` there. */
function goName(id: string): string {
  return id.replace(/^io\.k8s\.api\./, 'k8sio_api_').replaceAll('.', '_');
}

function outsideOfField(id: string, values: string): ImportsError {
  return new ImportsError('UNKNOWN_SHAPE', {
    where: `${id} in zz_generated.openapi.go`,
    found: `the values ${values} outside of a field`,
    expected: 'values inside of the entry of a field',
    remedy: 'Read a newer form of the file in scripts/imports/enums.ts.',
  });
}
