import { parseAllDocuments } from 'yaml';
import { yamlProblem } from '../../errors';
import { isRecord, type KubeObject } from '../../kube';
import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';

/** What rendering gives: objects, and where each was read, in the same order. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  readonly from: readonly string[];
}

/** The names of files that hold manifests. */
export const MANIFESTS: readonly string[] = ['.yaml', '.yml', '.json'];

/** Aliases of one document together: a few lines can name each other into gigabytes. */
const MOST_ALIASES = 100;
export const MOST_OBJECTS = 10_000;
/** Files that say how others are used, and are no objects of a cluster. */
const NO_MANIFESTS = /(^|\/)(kustomization\.ya?ml|Chart\.ya?ml|values\.ya?ml|\.[^/]*)$/;

/**
 * The objects in a folder of YAML and JSON files, in the order of their paths. One file that is wrong is told, and nothing of
 * the folder is used: a part of a commit is no state that anybody has meant.
 */
export function renderPlain(files: readonly SourceFile[]): Rendered {
  const objects: KubeObject[] = [];
  const from: string[] = [];
  const sorted = files
    .filter(({ path }) => !isNoManifest(path))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  for (const file of sorted) {
    for (const [index, value] of documentsIn(file).entries()) {
      // What is between two `---` and empty is no object.
      if (value === null || value === undefined) continue;
      for (const object of objectsOf(value, `${file.path} document ${index + 1}`)) {
        objects.push(object);
        from.push(`${file.path} document ${index + 1}`);
        if (objects.length > MOST_OBJECTS) throw tooMany();
      }
    }
  }
  return { objects, from };
}

function isNoManifest(path: string): boolean {
  const found = NO_MANIFESTS.exec(path);
  if (!found) return false;
  if (found[2]?.startsWith('.')) return true;
  throw new GitopsError('RENDER_FAILED', {
    where: path,
    found: `a file of ${/^k/.test(found[2] ?? '') ? 'kustomize' : 'a Helm chart'}`,
    expected: 'a folder of plain manifests',
    remedy: 'let `spec.source.path` name a folder of rendered manifests',
  });
}

function documentsIn({ path, content }: SourceFile): unknown[] {
  const parsed = parseAllDocuments(content.toString('utf8'), { logLevel: 'silent', uniqueKeys: true });
  const documents = Array.isArray(parsed) ? parsed : [];
  return documents.map((document, index) => {
    const [error] = document.errors;
    if (error) throw broken(path, index, yamlProblem(error));
    try {
      return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown;
    } catch {
      throw broken(path, index, 'aliases that make it far larger than it is');
    }
  });
}

function objectsOf(value: unknown, where: string): KubeObject[] {
  if (
    isRecord(value) &&
    typeof value.kind === 'string' &&
    /List$/.test(value.kind) &&
    Array.isArray(value.items)
  ) {
    return value.items.flatMap((item, index) => objectsOf(item, `${where} items[${index}]`));
  }
  const { apiVersion, kind, metadata } = isRecord(value) ? value : ({} as Readonly<Record<string, unknown>>);
  const name = isRecord(metadata) ? metadata.name : undefined;
  if ([apiVersion, kind, name].every((text) => typeof text === 'string' && text !== ''))
    return [value as unknown as KubeObject];
  throw new GitopsError('RENDER_FAILED', {
    where,
    found: 'something that is no object of Kubernetes',
    expected: 'an apiVersion, a kind and a metadata.name',
    remedy: 'write all three, or keep the file outside of `spec.source.path`',
  });
}

function broken(path: string, index: number, found: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: `${path} document ${index + 1}`,
    ...{ found, expected: 'YAML that can be read' },
    remedy: 'mend the file and push again; what was applied stays as it is',
  });
}

function tooMany(): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: 'the folder that `spec.source.path` names',
    found: `more than ${MOST_OBJECTS} objects`,
    expected: `at most ${MOST_OBJECTS}`,
    remedy: 'divide it into several Applications',
  });
}
