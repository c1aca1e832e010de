import { parseAllDocuments } from 'yaml';
import { yamlProblem } from '../../errors';
import { isRecord, type KubeObject } from '../../kube';
import { GitopsError } from '../errors';

/** What rendering gives: objects, and where each was read, in the same order. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  readonly from: readonly string[];
}

/** Aliases of one document together: a few lines can name each other into gigabytes. */
const MOST_ALIASES = 100;
export const MOST_OBJECTS = 10_000;

/** The objects of texts, each with its name, in their order. One that is wrong is told, and none is used. */
export function objectsIn(texts: readonly { readonly name: string; readonly text: string }[]): Rendered {
  const objects: KubeObject[] = [];
  const from: string[] = [];
  for (const { name, text } of texts) {
    for (const [index, value] of documentsIn(name, text).entries()) {
      // What is between two `---` and empty is no object.
      if (value === null || value === undefined) continue;
      const where = `${name} document ${index + 1}`;
      for (const object of objectsOf(value, where)) {
        objects.push(object);
        from.push(where);
        if (objects.length > MOST_OBJECTS) throw tooMany();
      }
    }
  }
  return { objects, from };
}

function documentsIn(name: string, text: string): unknown[] {
  const parsed = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: true });
  const documents = Array.isArray(parsed) ? parsed : [];
  return documents.map((document, index) => {
    const [error] = document.errors;
    if (error) throw broken(name, index, yamlProblem(error));
    try {
      return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown;
    } catch {
      throw broken(name, index, 'aliases that make it far larger than it is');
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

function broken(name: string, index: number, found: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: `${name} document ${index + 1}`,
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
