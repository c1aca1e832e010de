import { ApiError, isRecord, short, statusFrom } from '../api-error';
import { KubeError } from '../errors';
import { parseJson } from '../json';
import type { KubeObject, Stored } from '../resource';

/** One line of a watch, checked; an ERROR line is thrown. */
export type WatchEvent<Kind extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<Kind> }
  | {
      readonly type: 'BOOKMARK';
      readonly resourceVersion: string;
      /** Everything that existed when the watch began has been told, where that was asked for. */
      readonly endsInitialEvents?: true;
    };

const endOfInitialEvents = 'k8s.io/initial-events-end';

export function parseEvent<Kind extends KubeObject>(line: string, where: string): WatchEvent<Kind> {
  const { type, object } = asEvent(line, where);
  if (type === 'ERROR') {
    const status = statusFrom(object as Readonly<Record<string, unknown>>);
    throw new ApiError(where, status.code ?? 500, status);
  }
  const { metadata } = object as { metadata?: Record<string, unknown> };
  if (typeof metadata?.resourceVersion !== 'string') throw garbage(line, where);
  if (type === 'BOOKMARK') {
    const { resourceVersion, annotations } = metadata;
    const isEnd = isRecord(annotations) && annotations[endOfInitialEvents] === 'true';
    return { type, resourceVersion, ...(isEnd && { endsInitialEvents: true }) };
  }
  const whole = typeof metadata.name === 'string' && typeof metadata.uid === 'string';
  if (whole && (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED')) {
    return { type, object: object as unknown as Stored<Kind> };
  }
  throw garbage(line, where);
}

function asEvent(line: string, where: string): { type: unknown; object: object } {
  let parsed: unknown;
  try {
    parsed = parseJson(line);
  } catch {
    throw garbage(line, where);
  }
  const { type, object } = (parsed ?? {}) as { type?: unknown; object?: unknown };
  if (typeof object !== 'object' || object === null) throw garbage(line, where);
  return { type, object };
}

/** Which event it was cannot be known, so the watch starts again from the last one that was understood. */
function garbage(line: string, where: string): KubeError {
  return new KubeError('BAD_RESPONSE', {
    where,
    found: `a line of ${line.length} characters: ${short(line, 80)}`,
    expected: 'a watch event',
    remedy: 'nothing: the watch starts again before it',
  });
}
