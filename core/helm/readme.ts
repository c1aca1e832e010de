import { Declaration, type PlainDeclarations } from '../values';
import { markdownCode, markdownText } from './markdown';
import type { ChartModel } from './model';
import { portableJson } from './print/portable-json';
import { dependenciesOf } from './subcharts';
import { missingNote } from './values-yaml';

/** The chart's README: how to install it, and the table of its values. */
export function readme(model: ChartModel): string {
  const { name, version, description, definition, environments } = model;
  const files = Object.keys(environments).map((env) => `\`values-${env}.yaml\``);
  return [
    `# ${name}`,
    '',
    `![Version: ${version}](https://img.shields.io/badge/Version-${version.replaceAll('-', '--')}-informational)`,
    '',
    markdownText(description),
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
    `${[...kubernetesOf(model), 'Helm 3.22 or newer'].join(', ')}.`,
    '',
    ...subchartLines(model),
    '## Values',
    '',
    '| value | type | default | what it does |',
    '|---|---|---|---|',
    ...rows(definition.declarations, ''),
    '',
  ].join('\n');
}

/** What Chart.yaml asks of the cluster, in words where it names nothing but the oldest. */
function kubernetesOf({ kubeVersion }: ChartModel): readonly string[] {
  if (kubeVersion === undefined) return [];
  const oldest = /^>=(\d+\.\d+)\.0-0$/.exec(kubeVersion)?.[1];
  return [`Kubernetes ${oldest ? `${oldest} or newer` : markdownCode(kubeVersion)}`];
}

function subchartLines(model: ChartModel): string[] {
  if (model.subcharts.length === 0) return [];
  const rows = dependenciesOf(model).map(({ name, version, alias = name, condition = '', tags = [] }) => {
    const cells = [
      markdownCode(alias),
      name,
      version,
      markdownCode(condition.replaceAll(',', ', ')),
      tags.map(markdownCode).join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    'Subcharts, in `charts/`; the values of each are under its key:',
    '',
    '| key | chart | version | installed where | tags |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function rows(declarations: PlainDeclarations, prefix: string): string[] {
  return Object.entries(declarations).flatMap(([key, entry]) => {
    const path = `${prefix}${key}`;
    if (!(entry instanceof Declaration)) return rows(entry, `${path}.`);
    const { default: value, doc } = entry.options;
    const shown =
      value === undefined ? missingNote(entry).trim() : markdownCode(portableJson(JSON.stringify(value)));
    return [`| ${markdownCode(path)} | ${markdownText(entry.kind)} | ${shown} | ${markdownText(doc)} |`];
  });
}
