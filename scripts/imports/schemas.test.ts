import { apiextensions, kind, list, object, ref, swagger, text } from './handmade';
import { readModel } from './model';
import { schemaFiles } from './schemas';
import type { Swagger } from './swagger';

const filesOf = (definitions: Swagger['definitions']) => schemaFiles(readModel(swagger(definitions)));
const gvk = (group: string, version: string, name: string) => ({ group, version, kind: name });

test('a file is named as kubeconform asks for it', () => {
  const files = filesOf({
    'a.core.v1.Pod': kind(gvk('', 'v1', 'Pod'), {}),
    'a.apps.v1.Deployment': kind(gvk('apps', 'v1', 'Deployment'), {}),
    'a.networking.v1beta1.IPAddress': kind(gvk('networking.k8s.io', 'v1beta1', 'IPAddress'), {}),
  });
  expect([...files.keys()].sort()).toEqual([
    'deployment-apps-v1.json',
    'ipaddress-networking-v1beta1.json',
    'pod-v1.json',
  ]);
});

test('a kind is itself, holds what it requires and nothing unknown', () => {
  const files = filesOf({
    'a.core.v1.Pod': kind(gvk('', 'v1', 'Pod'), { spec: text, status: text }, ['spec']),
  });
  expect(files.get('pod-v1.json')).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      apiVersion: { const: 'v1' },
      kind: { const: 'Pod' },
      spec: { type: 'string' },
      status: { type: ['string', 'null'] },
    },
    required: ['apiVersion', 'kind', 'spec'],
    additionalProperties: false,
    $defs: {},
  });
});

test('only the parts that a kind can contain are in its file, and only of objects', () => {
  const files = filesOf({
    'a.core.v1.Pod': kind(gvk('', 'v1', 'Pod'), { spec: ref('a.core.v1.PodSpec') }),
    'a.core.v1.PodSpec': object(
      { containers: list(ref('a.core.v1.Container')) },
      { required: ['containers'] },
    ),
    'a.core.v1.Container': object({ name: text }),
    'a.core.v1.Unrelated': object({ name: text }),
  });
  expect(files.get('pod-v1.json')).toMatchObject({
    $defs: {
      PodSpec: {
        type: ['object', 'null'],
        properties: { containers: { type: 'array', items: { $ref: '#/$defs/Container', type: 'object' } } },
        required: ['containers'],
        additionalProperties: false,
      },
      Container: {},
    },
  });
  expect(Object.keys((files.get('pod-v1.json') as { $defs: object }).$defs)).toEqual([
    'PodSpec',
    'Container',
  ]);
});

test('a kind inside another one may leave apiVersion and kind out', () => {
  const files = filesOf({
    'a.core.v1.Claim': kind(gvk('', 'v1', 'Claim'), {}),
    'a.apps.v1.Set': kind(gvk('apps', 'v1', 'Set'), { claims: list(ref('a.core.v1.Claim')) }),
  });
  expect(files.get('set-apps-v1.json')).toMatchObject({
    $defs: { Claim: { required: [], properties: { kind: { type: ['string', 'null'] } } } },
  });
  expect(files.get('claim-v1.json')).toMatchObject({ required: ['apiVersion', 'kind'] });
});

test('recursion, also through a union, ends at a local reference', () => {
  const props = `${apiextensions}.JSONSchemaProps`;
  const files = filesOf({
    'a.core.v1.Crd': kind(gvk('', 'v1', 'Crd'), { schema: ref(props) }),
    [props]: object({ items: ref(`${props}OrArray`), $ref: text }),
    [`${props}OrArray`]: {},
  });
  const self = { $ref: '#/$defs/JSONSchemaProps', type: 'object' };
  expect(files.get('crd-v1.json')).toMatchObject({
    properties: { schema: { $ref: '#/$defs/JSONSchemaProps' } },
    $defs: {
      JSONSchemaProps: {
        properties: {
          items: { anyOf: [self, { type: 'array', items: self }, { type: 'null' }] },
          $ref: { type: ['string', 'null'] },
        },
      },
    },
  });
});
