import { docComment } from './doc-comment';
import type { Definition, Field, Model } from './model';
import { namingRule } from './names';
import type { Scalar, Shape } from './shape';

/** Scalars that the API gives a name keep it, so that an editor shows what is meant. */
const typeOfScalar: Readonly<Record<Scalar, string>> = {
  string: 'string',
  bytes: 'string',
  boolean: 'boolean',
  int32: 'number',
  int64: 'number',
  double: 'number',
  intOrString: 'IntOrString',
  quantity: 'Quantity',
  time: 'Time',
  microTime: 'MicroTime',
  anything: 'unknown',
};

const underlyingType: Partial<Record<Scalar, string>> = {
  intOrString: 'number | string',
  quantity: 'number | string',
  time: 'string',
  microTime: 'string',
};

const introduction = `// TypeScript types of the Kubernetes API: the JSON that an API server reads and writes, nothing else.
//
${namingRule}//
// Fields. Required is what the document requires, and apiVersion and kind, which are literals, of everything that can
// stand alone. A server may answer null for an empty list that is not omitted (rules of a ClusterRole); the document
// cannot say so and neither do these types. Values of enumerated fields are plain strings: the published document does
// not list them.
//
// The comments are the first paragraphs of the descriptions in that document, by the Kubernetes authors, Apache-2.0.

/** A kind inside another object (the items of a list, volumeClaimTemplates): apiVersion and kind may be left out there. */
export type Embedded<Kind extends { readonly apiVersion: string; readonly kind: string }> = Omit<
  Kind,
  'apiVersion' | 'kind'
> &
  Partial<Pick<Kind, 'apiVersion' | 'kind'>>;
`;

/** All definitions as the text of a TypeScript file. */
export function printTypes(model: Model, header: string): string {
  const printed = [...model.values()].map((definition) => printDefinition(definition, model));
  return [header + introduction, ...printed.filter((text) => text !== '')].join('\n');
}

function printDefinition(definition: Definition, model: Model): string {
  const { name, description, content } = definition;
  if ('alias' in content) return printAlias(definition, content.alias, model);
  // An interface without members would take any value, a string too.
  if (content.fields.length === 0) {
    return `${docComment(description)}export type ${name} = Readonly<Record<string, never>>;\n`;
  }
  const fields = content.fields.map((field) => printField(field, definition, model));
  return `${docComment(description)}export interface ${name} {\n${fields.join('')}}\n`;
}

function printAlias({ name, description }: Definition, alias: Shape, model: Model): string {
  const type = alias.is === 'scalar' ? underlyingType[alias.scalar] : printShape(alias, model);
  // What may be anything is `unknown` where it is used.
  return type === undefined ? '' : `${docComment(description)}export type ${name} = ${type};\n`;
}

function printField(
  { name, description, required, shape }: Field,
  { kind }: Definition,
  model: Model,
): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
  const literal = kind && literalOf(name, kind);
  // The description of apiVersion and kind is the same paragraph on conventions in every kind.
  const comment = literal === undefined ? docComment(description, '  ') : '';
  const type = literal === undefined ? printShape(shape, model) : `'${literal}'`;
  return `${comment}  readonly ${key}${required ? '' : '?'}: ${type};\n`;
}

function literalOf(field: string, kind: NonNullable<Definition['kind']>): string | undefined {
  return field === 'apiVersion' || field === 'kind' ? kind[field] : undefined;
}

function printShape(shape: Shape, model: Model): string {
  switch (shape.is) {
    case 'scalar':
      return typeOfScalar[shape.scalar];
    case 'list':
      return `readonly ${printShape(shape.of, model)}[]`;
    case 'map':
      return `Readonly<Record<string, ${printShape(shape.of, model)}>>`;
    case 'either':
      return shape.of.map((one) => printShape(one, model)).join(' | ');
    case 'definition':
      return printReference(model.get(shape.id), model);
  }
}

function printReference(definition: Definition | undefined, model: Model): string {
  if (definition === undefined) throw new Error('readModel() has checked every reference');
  const { name, kind, content } = definition;
  if ('alias' in content && content.alias.is === 'scalar') return printShape(content.alias, model);
  return kind ? `Embedded<${name}>` : name;
}
