import type { Json } from '../template';
import { Declaration, type PlainDeclarations } from '../values';
import type { ChartModel } from './chart';

/** The chart's README: how to install it, and the table of its values. */
export function readme({ name, version, description, definition, environments }: ChartModel): string {
  const files = Object.keys(environments).map((env) => `\`values-${env}.yaml\``);
  return [
    `# ${name}`,
    '',
    `![Version: ${version}](https://img.shields.io/badge/Version-${version.replaceAll('-', '--')}-informational)`,
    '',
    description,
    '',
    '## Install',
    '',
    '```sh',
    `helm install ${name} ./${name}`,
    '```',
    '',
    ...(files.length > 0 ? [`Values for environments: ${files.join(', ')}; give one with \`-f\`.`, ''] : []),
    '## Requirements',
    '',
    'Kubernetes 1.33 or newer, Helm 3.22 or newer.',
    '',
    '## Values',
    '',
    '| value | type | default | what it does |',
    '|---|---|---|---|',
    ...rows(definition.declarations, ''),
    '',
  ].join('\n');
}

function rows(declarations: PlainDeclarations, prefix: string): string[] {
  return Object.entries(declarations).flatMap(([key, entry]) => {
    const path = `${prefix}${key}`;
    if (!(entry instanceof Declaration)) return rows(entry, `${path}.`);
    const { default: value, optional, doc } = entry.options;
    return [`| \`${path}\` | ${cell(entry.kind)} | ${shown(value, optional === true)} | ${cell(doc)} |`];
  });
}

function shown(value: Json | undefined, optional: boolean): string {
  if (value === undefined) return optional ? '(optional)' : '(required)';
  return `\`${cell(JSON.stringify(value))}\``;
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.trim().replaceAll('|', '\\|');
}
