import type { Json, JsonObject } from '../template';
import { Declaration, type PlainDeclarations } from '../values';
import { yamlText } from './print/scalar';
import { Scope } from './print/scope';
import { mapLines } from './print/structure';

/** `values.yaml`: every value with its line of documentation, in the form that helm-docs reads. */
export function valuesYaml(declarations: PlainDeclarations): string {
  return `${groupLines(declarations, '').join('\n').trim()}\n`;
}

function groupLines(declarations: PlainDeclarations, indent: string): string[] {
  return Object.entries(declarations).flatMap(([key, entry]) => {
    if (entry instanceof Declaration) return valueLines(key, entry, indent);
    const inner = groupLines(entry, `${indent}  `);
    const hasDefaults = inner.some((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
    return [
      '',
      `${indent}${key}:${hasDefaults ? '' : ' {}'}`,
      ...inner.filter((line, index) => index > 0 || line !== ''),
    ];
  });
}

function valueLines(key: string, declaration: Declaration<unknown>, indent: string): string[] {
  const { doc, default: value } = declaration.options;
  const note = value !== undefined ? '' : missingNote(declaration);
  const comment = `${indent}# -- ${doc.trim()}${note}`;
  if (value === undefined) return [comment, `${indent}# ${key}:`];
  return [comment, ...plainLines({ [key]: value }, indent)];
}

/** What a value without a default is for whoever installs the chart. */
export function missingNote({ isRequiredInside, options }: Declaration<unknown>): string {
  if (isRequiredInside) return ' (required where the subchart is installed)';
  return options.optional ? ' (optional)' : ' (required)';
}

/** Plain data as block YAML. */
export function plainLines(data: JsonObject, indent = ''): string[] {
  return mapLines(data as { [key: string]: Json }, indent, Scope.top('values.yaml'));
}

/** `values-NAME.yaml`: what an environment sets. */
export function environmentYaml(name: string, given: JsonObject): string {
  const lines = Object.keys(given).length > 0 ? plainLines(given) : ['{}'];
  return `# Values of the environment ${yamlText(name)}: helm install ... -f values-${name}.yaml\n${lines.join('\n')}\n`;
}
