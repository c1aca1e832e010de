import { readEnums } from './enums';
import { kind, list, map, object, quantity, ref, swagger, text } from './handmade';
import { readModel } from './model';
import { printSchema } from './print-schema';

const document = swagger({
  'io.k8s.api.core.v1.Pod': kind(
    { group: '', version: 'v1', kind: 'Pod' },
    { spec: ref('io.k8s.api.core.v1.PodSpec') },
  ),
  'io.k8s.api.core.v1.PodSpec': object(
    { names: list(text), limits: map(ref(quantity)), policy: text, modes: list(text), kind: text },
    { required: ['names', 'kind'] },
  ),
  [quantity]: { type: 'string' },
});

const source = `
func schema_k8sio_api_core_v1_PodSpec(ref common.ReferenceCallback) common.OpenAPIDefinition {
\t\t\t\t\t"policy": {
\t\t\t\t\t\t\tEnum:        []interface{}{"Always", "Never"},
\t\t\t\t\t"modes": {
\t\t\t\t\t\t\t\t\t\tEnum:    []interface{}{"a", "b"},
func schema_k8sio_api_core_v1_Gone(ref common.ReferenceCallback) common.OpenAPIDefinition {
\t\t\t\t\t"other": {
\t\t\t\t\t\t\tEnum:        []interface{}{"x"},
`;

test('a definition is a row with its fields, their types, their values and what is required', () => {
  const model = readModel(document);
  const printed = printSchema(model, readEnums(source, model), '');
  expect(printed).toContain("  Pod: { apiVersion: 'string', kind: 'string', spec: 'PodSpec' },\n");
  expect(printed).toContain(
    "  PodSpec: { names: 'string[]!', limits: 'quantity{}', policy: '=Always|Never', modes: '=a|b[]', kind: 'string!' },\n",
  );
  expect(printed).toContain("  'v1': { Pod: 'Pod' },\n");
});

test('values outside of a field are an error of the generator, not lost', () => {
  const model = readModel(document);
  const odd = source.replace('\t\t\t\t\t"policy": {\n', '');
  expect(() => readEnums(odd, model)).toThrow(expect.objectContaining({ code: 'UNKNOWN_SHAPE' }));
});
