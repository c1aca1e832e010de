import { objectFaults } from '../../core/schema';
import { enforcedFields } from '../../core/schema/enforced';
import type { Json, JsonObject } from '../../core/template';
import { definitions, kindDefinitions } from '../../imports/schema';
import { validObjects } from './corpus';
import { mutants } from './mutate';

test.each(
  validObjects.map((object) => [`${object.kind} ${(object.metadata as JsonObject).name}`, object] as const),
)('nothing is found in %s, and no change of it is more than findings', (_, object) => {
  expect(objectFaults(object)).toEqual([]);
  const changed = mutants(object);
  expect(changed.length).toBeGreaterThan(50);
  const untold = changed.filter(({ object: mutant }) =>
    objectFaults(mutant).some((fault) => Object.values(fault).some((fact) => typeof fact !== 'string')),
  );
  expect(untold).toEqual([]);
});

/** Every field of a definition that an object has, as `Container.name`. */
function fieldsIn(value: Json | undefined, type: string): string[] {
  if (value === undefined || value === null) return [];
  const inner = type.replace(/!$/, '');
  if (Array.isArray(value)) return value.flatMap((one) => fieldsIn(one, inner.slice(0, -2)));
  if (inner.endsWith('{}')) return Object.values(value).flatMap((one) => fieldsIn(one, inner.slice(0, -2)));
  const fields = definitions[inner] ?? {};
  return Object.entries(fields).flatMap(([field, fieldType]) => {
    const one = (value as JsonObject)[field];
    return one === undefined ? [] : [`${inner}.${field}`, ...fieldsIn(one, fieldType)];
  });
}

test('each field of which the server insists on what the document says is in an object of the corpus', () => {
  const known = new Set(
    validObjects.flatMap((object) =>
      fieldsIn(object, kindDefinitions[String(object.apiVersion)]?.[String(object.kind)] ?? ''),
    ),
  );
  expect(enforcedFields().filter((field) => !known.has(field))).toEqual([]);
});
