import fs from 'node:fs';
import path from 'node:path';
import { filesBelow } from './synth-swap';

const MOST_LISTED = 8;

/** All manifests as one stream of YAML, in the order of their file names, which is the order to apply them in. */
export function manifestsAsText(folder: string, files: readonly string[]): string {
  return files
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
    .filter((text) => text.trim() !== '')
    .join('---\n');
}

export interface Written {
  readonly manifests: string;
  readonly charts: string;
  readonly seconds: number;
}

/** What was written and what to do with it. */
export function inWords({ manifests, charts, seconds }: Written): string {
  const files = filesBelow(manifests);
  const names = chartsIn(charts);
  const wrote = [
    counted(files.length, 'file', manifests),
    ...(names.length > 0 ? [counted(names.length, 'chart', charts)] : []),
  ];
  const listed = [
    ...files.map((file) => path.join(manifests, file)),
    ...names.map((name) => path.join(charts, name)),
  ];
  const recursive = files.some((file) => file.includes(path.sep)) ? ' -R' : '';
  return [
    `Wrote ${wrote.join(' and ')} in ${seconds.toFixed(1)} s:`,
    ...listed.slice(0, MOST_LISTED).map((name) => `  ${name}`),
    ...(listed.length > MOST_LISTED ? [`  and ${listed.length - MOST_LISTED} more`] : []),
    names.length > 0 ? 'Next, either of:' : 'Next:',
    `  kubectl apply${recursive} -f ${manifests}`,
    ...names.slice(0, MOST_LISTED).map((name) => `  helm install ${name} ${path.join(charts, name)}`),
    '',
  ].join('\n');
}

function counted(count: number, what: string, where: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'} to ${where}`;
}

function chartsIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, 'Chart.yaml')));
}
