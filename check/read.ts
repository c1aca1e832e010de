import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { DrydockError } from '../core/template';
import type { KubeObjectJson } from './finding';

/** The objects of a folder of manifests, of one file, or of a Helm chart with the values of the named files. */
export function readObjects(source: string, valueFiles: readonly string[] = []): KubeObjectJson[] {
  if (!existsSync(source))
    throw unreadable(source, 'nothing', 'a folder or file', 'Synthesize first, or name another path.');
  if (isChart(source)) return parse(template(source, valueFiles), source);
  const files = statSync(source).isDirectory() ? manifestsIn(source) : [source];
  if (files.length === 0)
    throw unreadable(
      source,
      'no YAML file',
      'manifests or a chart',
      'Synthesize first, or name another path.',
    );
  return files.flatMap((file) => parse(readFileSync(file, 'utf8'), file));
}

function isChart(source: string): boolean {
  return source.endsWith('.tgz') || existsSync(path.join(source, 'Chart.yaml'));
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const at = path.join(folder, entry.name);
      // A chart inside a folder of output has templates, which are no YAML.
      if (entry.isDirectory()) return isChart(at) ? [] : manifestsIn(at);
      return /\.ya?ml$/.test(entry.name) ? [at] : [];
    });
}

function template(chart: string, valueFiles: readonly string[]): string {
  try {
    const values = valueFiles.flatMap((file) => ['--values', file]);
    return execFileSync('helm', ['template', 'release', chart, ...values], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
    });
  } catch (cause) {
    const { code, stderr } = cause as { readonly code?: string; readonly stderr?: string };
    throw unreadable(
      chart,
      code === 'ENOENT' ? 'no helm on the PATH' : `what helm says: ${stderr?.trim()}`,
      'a chart that `helm template` renders with these values',
      code === 'ENOENT'
        ? 'Install helm, or check the plain manifests.'
        : 'Correct the chart, or name a file of values (`--values`).',
    );
  }
}

function parse(text: string, where: string): KubeObjectJson[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    if (document.errors.length > 0)
      throw unreadable(where, String(document.errors[0]?.message), 'YAML', 'Correct the file.');
    const object = document.toJS() as KubeObjectJson | null;
    return object?.kind ? [object] : [];
  });
}

/** Why something that a check needs cannot be read. */
export function unreadable(where: string, found: string, expected: string, remedy: string): DrydockError {
  return new DrydockError('CANNOT_CHECK', { where, found, expected, remedy });
}
