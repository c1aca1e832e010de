import { posix } from 'node:path';
import { parseManifests } from '../../check';
import { isRecord } from '../../kube';
import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** What names files or folders of kustomizations: kustomize would take a repository or an address as well. */
const FOLDERS = ['resources', 'bases', 'components'];
/** What runs programs, or reads files that say by themselves what else to read. */
const PLUGINS = [
  ...['generators', 'transformers', 'validators'],
  ...['helmCharts', 'helmChartInflationGenerator', 'helmGlobals'],
];
/** Texts of people and of objects, which name no file. */
const TEXTS: ReadonlySet<string> = new Set([
  ...['commonAnnotations', 'commonLabels', 'labels', 'images', 'metadata', 'vars', 'buildMetadata'],
  ...['literals', 'patch', 'target', 'options', 'select', 'source', 'targets', 'namePrefix', 'nameSuffix'],
]);

/**
 * Refuses a kustomization, and each that it leads to, for the first entry that is not in the folder. kustomize has no switch
 * for that: it clones what looks like a repository, and asks for what looks like an address.
 *
 * @param path of the kustomization's folder
 */
export function refuseRemote(files: readonly SourceFile[], path: string): void {
  const known = new Map(files.map((file) => [file.path, file]));
  const folders = new Set(files.flatMap((file) => foldersOf(file.path)));
  const seen = new Set<string>();

  const look = (folder: string): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const file = NAMES.map((name) => known.get(posix.join(folder, name))).find((one) => one !== undefined);
    if (!file) throw notThere(folder);
    const text = file.content.toString('utf8');
    for (const { object } of parseManifests(text, file.path, broken)) {
      const fields: Readonly<Record<string, unknown>> = { ...object };
      for (const name of PLUGINS) if (fields[name] !== undefined) throw plugin(file.path, name);
      for (const name of FOLDERS)
        for (const entry of entriesOf(fields[name])) follow(file.path, folder, entry);
      refuseAddresses(fields, file.path);
    }
  };

  const follow = (from: string, folder: string, entry: string): void => {
    const at = posix.normalize(posix.join(folder, entry)).replace(/\/$/, '');
    if (known.has(at)) return;
    if (!folders.has(at)) throw remote(from, entry);
    look(at);
  };

  look(posix.normalize(path).replace(/^\.$/, '').replace(/\/$/, ''));
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['.', ...parts.map((_part, index) => parts.slice(0, index + 1).join('/'))];
}

function entriesOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === 'string');
}

/** `key=https://...` is one too. What has several lines is a patch in place. */
const ADDRESS = /^([^=\s]*=)?\s*([a-z][a-z0-9+.-]*:\/\/|git::|git@|\/)[^\n]*\n?$/i;

function refuseAddresses(value: unknown, from: string): void {
  if (typeof value === 'string' && ADDRESS.test(value)) throw remote(from, value);
  if (Array.isArray(value)) for (const one of value) refuseAddresses(one, from);
  if (!isRecord(value)) return;
  for (const [name, one] of Object.entries(value)) if (!TEXTS.has(name)) refuseAddresses(one, from);
}

function remote(where: string, entry: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where,
    found: `${JSON.stringify(entry.slice(0, 200))}, which is not in the folder`,
    expected: 'files and folders below `spec.source.path`',
    remedy:
      'put a copy of it there, or let `spec.source.path` name a folder above both and `spec.render.kustomize.path` the one below; nothing is fetched',
  });
}

function plugin(where: string, name: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where,
    found: `\`${name}\``,
    expected: 'a kustomization without plugins',
    remedy: 'render what they give before the push, and name it in `resources`',
  });
}

function notThere(folder: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: folder === '' ? 'the folder that `spec.source.path` names' : folder,
    found: 'no kustomization.yaml',
    expected: 'a kustomization, as `spec.render.kustomize` says',
    remedy: 'correct `spec.render.kustomize.path`, or push the file',
  });
}

function broken(where: string, found: string, expected: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    ...{ where, found, expected },
    remedy: 'mend the file and push again; what was applied stays as it is',
  });
}
