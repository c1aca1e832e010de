import {
  apiextensions,
  intOrString,
  kind,
  list,
  map,
  object,
  quantity,
  rawExtension,
  ref,
  swagger,
  text,
} from './handmade';
import { readModel } from './model';
import { printTypes } from './print-types';
import type { Swagger } from './swagger';

/** The printed types below the introduction, which mentions the helper type and ends with it. */
function printed(definitions: Swagger['definitions']): string {
  const all = printTypes(readModel(swagger(definitions)), '// header\n');
  return all.slice(
    all.indexOf('Partial<Pick<Kind') + "Partial<Pick<Kind, 'apiVersion' | 'kind'>>;\n\n".length,
  );
}

const time = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time';
const microTime = 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime';

test('the header comes first', () => {
  expect(printTypes(readModel(swagger({})), '// header\n')).toMatch(/^\/\/ header\n\/\/ TypeScript types/);
});

test('required fields are required, others optional, comments kept', () => {
  const port = object(
    { name: { ...text, description: 'What to call it.' }, port: { type: 'integer', format: 'int32' } },
    { required: ['port'], description: 'A port.' },
  );
  expect(printed({ 'a.core.v1.Port': port })).toBe(`\
/** A port. */
export interface Port {
  /** What to call it. */
  readonly name?: string;
  readonly port: number;
}
`);
});

test('scalars of the API keep their names, anything is unknown', () => {
  const holder = object({
    port: ref(intOrString),
    size: ref(quantity),
    at: ref(time),
    exactly: ref(microTime),
    data: { type: 'string', format: 'byte' },
    on: { type: 'boolean' },
    extra: ref(rawExtension),
    extras: list(ref(rawExtension)),
  });
  const definitions = {
    'a.core.v1.Holder': holder,
    [intOrString]: { type: 'string', format: 'int-or-string' },
    [quantity]: text,
    [time]: { type: 'string', format: 'date-time' },
    [microTime]: { type: 'string', format: 'date-time' },
    [rawExtension]: { type: 'object' },
  };
  expect(printed(definitions)).toBe(`\
export interface Holder {
  readonly port?: IntOrString;
  readonly size?: Quantity;
  readonly at?: Time;
  readonly exactly?: MicroTime;
  readonly data?: string;
  readonly on?: boolean;
  readonly extra?: unknown;
  readonly extras?: readonly unknown[];
}

export type Quantity = number | string;

export type MicroTime = string;

export type Time = string;

export type IntOrString = number | string;
`);
});

test('lists and maps are read-only and nest', () => {
  const holder = object({
    args: list(text),
    labels: map(text),
    extra: map(list(text)),
    parts: list(ref('a.core.v1.Part')),
  });
  expect(printed({ 'a.core.v1.Holder': holder, 'a.core.v1.Part': object({ name: text }) })).toContain(`\
  readonly args?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly parts?: readonly Part[];
`);
});

test('an object that has no fields takes nothing but {}', () => {
  expect(printed({ 'a.core.v1.Empty': object({}) })).toBe(
    'export type Empty = Readonly<Record<string, never>>;\n',
  );
});

test('a kind has apiVersion and kind as required literals, without their stock comment', () => {
  const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };
  const withComment = { ...kind(gvk, {}) };
  const definition = {
    ...withComment,
    properties: { ...withComment.properties, kind: { ...text, description: 'In CamelCase.' } },
  };
  expect(printed({ 'a.apps.v1.Deployment': definition })).toBe(`\
export interface Deployment {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'Deployment';
}
`);
});

test('two versions of one kind differ in name and literal', () => {
  const version = (v: string) => kind({ group: 'autoscaling', version: v, kind: 'Scaler' }, {});
  const both = printed({
    'a.autoscaling.v1.Scaler': version('v1'),
    'a.autoscaling.v2.Scaler': version('v2'),
  });
  expect(both).toContain("export interface ScalerV1 {\n  readonly apiVersion: 'autoscaling/v1';");
  expect(both).toContain("export interface Scaler {\n  readonly apiVersion: 'autoscaling/v2';");
});

test('inside another object a kind may leave apiVersion and kind out', () => {
  const definitions = {
    'a.core.v1.Pod': kind({ group: '', version: 'v1', kind: 'Pod' }, {}),
    'a.core.v1.PodList': kind(
      { group: '', version: 'v1', kind: 'PodList' },
      { items: list(ref('a.core.v1.Pod')) },
    ),
  };
  expect(printed(definitions)).toContain('  readonly items?: readonly Embedded<Pod>[];\n');
});

test('options that belong to every group are a part, with plain apiVersion and kind', () => {
  const gvks = ['v1', 'v2'].map((version) => ({ group: 'a', version, kind: 'DeleteOptions' }));
  const options = {
    ...object({ apiVersion: text, kind: text }),
    'x-kubernetes-group-version-kind': gvks,
  };
  expect(printed({ 'a.meta.v1.DeleteOptions': options })).toContain('  readonly kind?: string;\n');
});

test('odd property names are quoted, reserved words are not', () => {
  const odd = object({ $ref: text, 'x-kubernetes-list-type': text, default: text, enum: list(text) });
  expect(printed({ 'a.core.v1.Odd': odd })).toBe(`\
export interface Odd {
  readonly '$ref'?: string;
  readonly 'x-kubernetes-list-type'?: string;
  readonly default?: string;
  readonly enum?: readonly string[];
}
`);
});

test('recursion goes by name, and unions have a name of their own', () => {
  const definitions = {
    [`${apiextensions}.JSONSchemaProps`]: object({
      not: ref(`${apiextensions}.JSONSchemaProps`),
      items: ref(`${apiextensions}.JSONSchemaPropsOrArray`),
      additionalProperties: ref(`${apiextensions}.JSONSchemaPropsOrBool`),
      dependencies: map(ref(`${apiextensions}.JSONSchemaPropsOrStringArray`)),
      default: ref(`${apiextensions}.JSON`),
    }),
    [`${apiextensions}.JSONSchemaPropsOrArray`]: {},
    [`${apiextensions}.JSONSchemaPropsOrBool`]: {},
    [`${apiextensions}.JSONSchemaPropsOrStringArray`]: {},
    [`${apiextensions}.JSON`]: {},
  };
  expect(printed(definitions)).toBe(`\
export interface JSONSchemaProps {
  readonly not?: JSONSchemaProps;
  readonly items?: JSONSchemaPropsOrArray;
  readonly additionalProperties?: JSONSchemaPropsOrBool;
  readonly dependencies?: Readonly<Record<string, JSONSchemaPropsOrStringArray>>;
  readonly default?: unknown;
}

export type JSONSchemaPropsOrArray = JSONSchemaProps | readonly JSONSchemaProps[];

export type JSONSchemaPropsOrBool = JSONSchemaProps | boolean;

export type JSONSchemaPropsOrStringArray = JSONSchemaProps | readonly string[];
`);
});

test('refuses a reference to a definition that is not there', () => {
  expect(() => printed({ 'a.core.v1.Pod': object({ spec: ref('a.core.v1.PodSpec') }) })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_DEFINITION', where: 'a.core.v1.Pod' }),
  );
});

test('refuses a definition that is neither an object nor known by hand', () => {
  expect(() => printed({ 'a.core.v1.Phase': text })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_SHAPE' }),
  );
  expect(() => printed({ [quantity]: text })).not.toThrow();
});
