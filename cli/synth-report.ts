import path from 'node:path';
import { type FolderContent, type HandedChart, readRecord } from '../core/synth';
import type { AppOutput } from './app-output';
import { filesBelow } from './files-below';

const MOST_LISTED = 8;

/** All manifests as one stream of YAML, in the order of their file names, which is the order to apply them in. */
export function manifestsAsText(contents: readonly FolderContent[]): string {
  return contents
    .flatMap(({ files }) => [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    .filter(([name]) => /\.ya?ml$/.test(name))
    .map(([, content]) => content.toString())
    .filter((text) => text.trim() !== '')
    .join('---\n');
}

/** What was written and what to do with it. */
export function inWords({ manifests, beside, charts }: AppOutput, seconds: number): string {
  const manifestFolders = foldersOf(manifests);
  const places = charts.map((chart) => ({ ...chart, place: placeOfChart(chart, beside) }));
  const chartFolders = [...new Set(places.map(({ place }) => path.dirname(place)))];
  const files = [...manifestFolders].flatMap(([folder, names]) =>
    names.map((name) => path.join(folder, name)),
  );
  const wrote = [
    ...[...manifestFolders].map(([folder, names]) => counted(names.length, 'file', folder)),
    ...(charts.length > 0 ? [counted(charts.length, 'chart', chartFolders.join(' and '))] : []),
  ];
  const listed = [...files, ...places.map(({ place }) => place)];
  const examples = foldersOf(beside.filter(({ files: names }) => [...names.keys()].some(isExample)));
  return [
    `Wrote ${wrote.join(' and ')} in ${seconds.toFixed(1)} s:`,
    ...listed.slice(0, MOST_LISTED).map((name) => `  ${name}`),
    ...(listed.length > MOST_LISTED ? [`  and ${listed.length - MOST_LISTED} more`] : []),
    ...[...examples].flatMap(([folder, names]) => [
      `The pods need Secrets. Fill in these, keep them out of version control, and apply them first:`,
      ...names.filter(isExample).map((name) => `  kubectl apply -f ${path.join(folder, name)}`),
    ]),
    charts.length > 0 ? 'Next, either of:' : 'Next:',
    ...[...manifestFolders].map(([folder, names]) => `  kubectl apply${recursive(names)} -f ${folder}`),
    ...places.slice(0, MOST_LISTED).map(installation),
    '',
  ].join('\n');
}

/** Manifests in the output folders that the program did not write, and that `kubectl apply` would take all the same. */
export function foreignManifests({ manifests }: AppOutput): string[] {
  return [...new Set(manifests.map(({ folder }) => folder))].flatMap((folder) => {
    const ours = readRecord(folder);
    return filesBelow(folder)
      .filter((name) => /\.ya?ml$/.test(name) && !ours.has(name) && !name.startsWith('.drydock-'))
      .map((name) => shown(path.join(folder, name)));
  });
}

function isExample(name: string): boolean {
  return name.endsWith('.example.yaml');
}

function recursive(names: readonly string[]): string {
  return names.some((file) => file.includes('/') || file.includes(path.sep)) ? ' -R' : '';
}

function installation({ name, place, needs }: HandedChart & { readonly place: string }): string {
  const secrets = needs.map(({ value, secret }) => ` \\\n    --set ${value}=${secret}`);
  return `  helm install ${name} ${place}${secrets.join('')}`;
}

function placeOfChart({ name }: HandedChart, beside: readonly FolderContent[]): string {
  const folder = beside.find(({ files }) => files.has(`${name}/Chart.yaml`))?.folder ?? '';
  return shown(path.join(folder, name));
}

/** The files of each folder, by the folder as one would type it. */
function foldersOf(contents: readonly FolderContent[]): Map<string, string[]> {
  const folders = new Map<string, Set<string>>();
  for (const { folder, files } of contents)
    folders.set(shown(folder), new Set([...(folders.get(shown(folder)) ?? []), ...files.keys()]));
  return new Map([...folders].map(([folder, names]) => [folder, [...names].sort()]));
}

function shown(place: string): string {
  const relative = path.relative(process.cwd(), place);
  return relative.startsWith('..') ? place : relative || '.';
}

function counted(count: number, what: string, where: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'} to ${where}`;
}
