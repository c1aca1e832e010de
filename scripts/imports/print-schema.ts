import type { Enums } from './enums';
import { type Definition, kindDefinitions, type Model } from './model';
import type { Shape } from './shape';

const introduction = `
/**
 * What the API server reads, as a table: for each definition its fields, for each field its type in a short form.
 *
 * \`string\`, \`bytes\`, \`boolean\`, \`int32\`, \`int64\`, \`double\`, \`intOrString\`, \`quantity\`, \`time\`, \`microTime\` and \`anything\` are
 * scalars, a name that begins with a capital is another definition. \`T[]\` is a list, \`T{}\` a map by text, \`A / B\` either
 * of them, \`=A|B\` one of these texts. \`!\` at the end: the document says that the field is required.
 */
export const definitions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
`;

const kindsIntroduction = `
/** The definition of each kind that can stand alone, by apiVersion, then kind. */
export const kindDefinitions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
`;

/** The whole API as the text of a TypeScript file with two tables. */
export function printSchema(model: Model, enums: Enums, header: string): string {
  const withFields = [...model.values()].filter(({ content }) => 'fields' in content);
  const sorted = withFields.sort((one, other) => (one.name < other.name ? -1 : 1));
  const table = sorted.map((definition) => printDefinition(definition, model, enums)).join('');
  return `${header.trimEnd()}\n${introduction}${table}};\n${kindsIntroduction}${printKindTable(model)}};\n`;
}

function printDefinition({ id, name, kind, content }: Definition, model: Model, enums: Enums): string {
  const fields = 'fields' in content ? content.fields : [];
  const printed = fields.map((field) => {
    const values = enums.get(id)?.get(field.name);
    const type = values ? withValues(field.shape, values) : typeOf(field.shape, model);
    // A kind inside of another object need not say what it is; an object that stands alone is known by it.
    const isKindItself = kind !== undefined && (field.name === 'apiVersion' || field.name === 'kind');
    const isRequired = field.required && !isKindItself;
    return `${keyOf(field.name)}: '${type}${isRequired ? '!' : ''}'`;
  });
  return `  ${name}: { ${printed.join(', ')} },\n`.replace('{  }', '{}');
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
}

function withValues(shape: Shape, values: readonly string[]): string {
  return `=${values.join('|')}${shape.is === 'list' ? '[]' : ''}`;
}

function typeOf(shape: Shape, model: Model): string {
  switch (shape.is) {
    case 'scalar':
      return shape.scalar;
    case 'list':
      return `${inner(shape.of, model)}[]`;
    case 'map':
      return `${inner(shape.of, model)}{}`;
    case 'either':
      return shape.of.map((one) => typeOf(one, model)).join(' / ');
    case 'definition': {
      const definition = model.get(shape.id) as Definition;
      return 'alias' in definition.content ? typeOf(definition.content.alias, model) : definition.name;
    }
  }
}

function inner(shape: Shape, model: Model): string {
  const type = typeOf(shape, model);
  return type.includes(' / ') ? `(${type})` : type;
}

function printKindTable(model: Model): string {
  const kinds = kindDefinitions(model);
  const versions = [...new Set(kinds.map(({ kind }) => kind.apiVersion))].sort();
  return versions
    .map((apiVersion) => {
      const ofVersion = kinds.filter(({ kind }) => kind.apiVersion === apiVersion);
      const rows = ofVersion.map(({ kind, name }) => `${kind.kind}: '${name}'`).sort();
      return `  '${apiVersion}': { ${rows.join(', ')} },\n`;
    })
    .join('');
}
