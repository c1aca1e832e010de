import { parseManifests } from '../../check';
import { collect } from '../../deploy/objects/collect';
import type { KubeObject } from '../../kube';
import { GitopsError } from '../errors';

/** What rendering gives: objects, and where each was read, in the same order. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  readonly from: readonly string[];
}

export const MOST_OBJECTS = 10_000;
/** The largest text that is read as one: of a larger one the reader would keep all Applications waiting for seconds. */
export const MOST_BYTES: number = 8 * 1024 * 1024;

/** Values in it at most, by the signs between them: each costs some 10 microseconds and a kilobyte while it is read. */
export const MOST_VALUES = 300_000;

/** A text of manifests, and what it is called. */
export interface Text {
  readonly name: string;
  readonly text: string;
}

/**
 * The objects of texts, in their order, as `drydock apply` and kubectl read them. One that is wrong is told by its file and
 * line, and none is used.
 */
export async function objectsIn(texts: readonly Text[], signal?: AbortSignal): Promise<Rendered> {
  const objects: KubeObject[] = [];
  const from: string[] = [];
  for (const { name, text } of texts) {
    if (text.length > MOST_BYTES) throw tooLarge(name, `more than ${MOST_BYTES} bytes in one text`);
    if (valuesIn(text) > MOST_VALUES) throw tooLarge(name, `more than ${MOST_VALUES} values in one text`);
    const read = parseManifests(text, name, broken, true);
    for (const one of collect(
      read.map(({ object }) => object),
      read.map((found) => found.from),
    )) {
      objects.push(one.object);
      from.push(one.from);
    }
    if (objects.length > MOST_OBJECTS) throw tooMany();
    // A Lease is renewed and a probe answered between two files.
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  return { objects, from };
}

function broken(where: string, found: string, expected: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    ...{ where, found, expected },
    remedy: 'mend the file and push again; what was applied stays as it is',
  });
}

function valuesIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) if (SIGNS.has(text.charCodeAt(at))) count += 1;
  return count;
}

/** One of these is before every value that has another before it. */
const SIGNS: ReadonlySet<number> = new Set([...'\n\r,[{?'].map((sign) => sign.charCodeAt(0)));

function tooLarge(where: string, found: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    ...{ where, found },
    expected: 'manifests of objects, of which a server takes some 1.5 MB each',
    remedy: 'divide the file; what was applied stays as it is',
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
