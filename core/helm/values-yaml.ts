import type { Json, JsonObject } from '../template';
import { Declaration, type PlainDeclarations, STAND_IN_SECRET, subchartView, trialOf } from '../values';
import { commentLines } from './comment';
import { yamlText } from './print/scalar';
import { Scope } from './print/scope';
import { mapLines } from './print/structure';

/** `values.yaml`: every value with its documentation, in the form that helm-docs reads. */
export function valuesYaml(declarations: PlainDeclarations): string {
  const lines = groupLines(declarations, '', true);
  return lines.length > 0 ? `${lines.join('\n')}\n` : '{}\n';
}

/**
 * The values of a chart, its own or a subchart's, have an empty line around each group. What is inside of a group stays
 * together, but for groups that follow each other.
 */
function groupLines(declarations: PlainDeclarations, indent: string, isChart = false): string[] {
  const isFlow = !hasDefaults(declarations);
  let isAfterGroup = false;
  return Object.entries(declarations).flatMap(([key, entry], index) => {
    const isGroup = !(entry instanceof Declaration);
    const isGap = isChart ? isGroup || isAfterGroup : isGroup && isAfterGroup;
    const gap = index > 0 && isGap ? [''] : [];
    isAfterGroup = isGroup;
    return [...gap, ...(isGroup ? wholeGroup(key, entry, indent) : valueLines(key, entry, indent, isFlow))];
  });
}

/**
 * Where nothing in a group has a default, the group is the empty map, with its braces around the comments: any of them can
 * lose its `#` and be filled in, and the file is still YAML.
 */
function wholeGroup(key: string, group: PlainDeclarations, indent: string): string[] {
  const inner = groupLines(group, `${indent}  `, subchartView(group) !== undefined);
  const name = `${indent}${yamlText(key, false)}:`;
  if (inner.length === 0) return [`${name} {}`];
  return hasDefaults(group) ? [name, ...inner] : [`${name} {`, ...inner, `${indent}  }`];
}

function hasDefaults(group: PlainDeclarations): boolean {
  return Object.values(group).some(
    (entry) => !(entry instanceof Declaration) || entry.options.default !== undefined,
  );
}

function valueLines(
  key: string,
  declaration: Declaration<unknown>,
  indent: string,
  isFlow: boolean,
): string[] {
  const { doc, default: value } = declaration.options;
  const note = value !== undefined ? '' : missingNote(declaration);
  const comment = commentLines(`${doc}${note}`, indent, '-- ');
  if (value !== undefined) return [...comment, ...plainLines({ [key]: value }, indent)];
  return [...comment, `${indent}# ${yamlText(key, false)}:${isFlow && indent !== '' ? ' ,' : ''}`];
}

/** What a value without a default means when the chart is installed. */
export function missingNote({ isRequiredInside, options }: Declaration<unknown>): string {
  if (isRequiredInside) return ' (required where the subchart is installed)';
  return options.optional ? ' (optional)' : ' (required)';
}

/** Plain data as block YAML. */
export function plainLines(data: JsonObject, indent = ''): string[] {
  return mapLines(data as { [key: string]: Json }, indent, Scope.top('values.yaml'));
}

/** `ci/NAME-values.yaml`: with what `ct install` and scanners try the chart where its defaults are not enough. */
export function trialYaml(name: string, declarations: PlainDeclarations, given: JsonObject): string {
  const { values, unknown } = trialOf(declarations, given);
  const title = [
    `To try the chart: helm template . -f ci/${name}-values.yaml; \`ct install\` takes this file by itself.`,
    ...(JSON.stringify(values).includes(STAND_IN_SECRET) ? ['Nothing here is a secret.'] : []),
    ...unknown.map((path) => `Set ${path} as well: it has a form of its own.`),
  ].join('\n');
  const lines = Object.keys(values).length > 0 ? plainLines(values) : ['{}'];
  return `${[...commentLines(title), ...lines].join('\n')}\n`;
}

/** `values-NAME.yaml`: what an environment sets. */
export function environmentYaml(name: string, given: JsonObject): string {
  const lines = Object.keys(given).length > 0 ? plainLines(given) : ['{}'];
  const title = `Values of the environment ${name}: helm install ... -f values-${name}.yaml`;
  return `${[...commentLines(title), ...lines].join('\n')}\n`;
}
