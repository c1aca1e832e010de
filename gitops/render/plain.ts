import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';
import { objectsIn, type Rendered } from './documents';

/** The names of files that hold manifests. */
export const MANIFESTS: readonly string[] = ['.yaml', '.yml', '.json'];

/** Files that say how others are used, and are no objects of a cluster. */
const NO_MANIFESTS = /(^|\/)(kustomization\.ya?ml|Chart\.ya?ml|values\.ya?ml|\.[^/]*)$/;

/**
 * The objects in a folder of YAML and JSON files, in the order of their paths. One file that is wrong is told, and nothing of
 * the folder is used: a part of a commit is no state that anybody has meant.
 */
export async function renderPlain(files: readonly SourceFile[], signal?: AbortSignal): Promise<Rendered> {
  const sorted = files
    .filter(({ path }) => !isNoManifest(path))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  const texts = sorted.map(({ path, content }) => ({ name: path, text: content.toString('utf8') }));
  return objectsIn(texts, signal);
}

function isNoManifest(path: string): boolean {
  const found = NO_MANIFESTS.exec(path);
  if (!found) return false;
  if (found[2]?.startsWith('.')) return true;
  const isKustomize = found[2]?.startsWith('k') === true;
  throw new GitopsError('RENDER_FAILED', {
    where: path,
    found: `a file of ${isKustomize ? 'kustomize' : 'a Helm chart'}`,
    expected: 'a folder of plain manifests',
    remedy: `say \`spec.render.${isKustomize ? 'kustomize' : 'helm'}\`, or let \`spec.source.path\` name a folder of rendered manifests`,
  });
}
