import { checkCount, checkMs } from './amounts';
import { checkObject } from './arguments';
import type { CallOptions } from './call';
import type { Connection } from './connection';
import { KubeError } from './errors';
import { type Limit, limitOf } from './limit';
import { asAsked, metadataHeaders } from './metadata-only';
import { request } from './request';
import { collectionPath, type KubeObject, type Resource, type Stored } from './resource';

export interface Selection {
  /** `*` for all namespaces. @default the connection's namespace */
  readonly namespace?: string;
  /** Such as `app=todo,tier!=cache`. */
  readonly labelSelector?: string;
  /** Such as `status.phase=Running`. */
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection, CallOptions {
  /** Objects a request; 0 asks for all at once. Fewer are asked for when an answer would be too large. @default 500 */
  readonly pageSize?: number;
}

export interface ObjectList<Kind extends KubeObject> {
  readonly items: Stored<Kind>[];
  /** The state of the cluster that this list shows; a watch can start there. */
  readonly resourceVersion: string;
}

const defaultPageSize = 500;

interface Page<Kind extends KubeObject> {
  readonly items?: Stored<Kind>[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/**
 * Every object that is selected, read in pages that all show the same moment. `deadlineMs` is for the whole list. When
 * the server forgets that moment between two pages, the call ends with ApiError GONE; then list again.
 *
 * @example
 * const { items } = await list(connection, resource('v1', 'Pod'), { namespace: '*', labelSelector: 'app=shop' });
 * console.log(items.length);
 */
export async function list<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  options: ListOptions = {},
): Promise<ObjectList<Kind>> {
  const items: Stored<Kind>[] = [];
  const resourceVersion = await listPages(connection, of, options, (object) => items.push(object));
  return { items, resourceVersion };
}

/**
 * The same, page by page: only what the caller keeps of each object stays in memory.
 *
 * @returns the state of the cluster that was listed
 */
export async function listPages<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  options: ListOptions,
  take: (object: Stored<Kind>) => void,
): Promise<string> {
  checkObject(`list of ${of.kind}`, 'options', options);
  const { signal, deadlineMs = connection.deadlineMs, pageSize = defaultPageSize } = options;
  const where = `GET ${collectionPath(connection, of, options.namespace)}`;
  checkMs(where, { deadlineMs });
  checkCount(where, 0, { pageSize });
  const limit = limitOf(connection, signal, deadlineMs, where);
  let size = pageSize;
  let token: string | undefined;
  try {
    for (;;) {
      const page: Page<Kind> | undefined = await readPage(connection, of, options, limit, size, token);
      if (!page) {
        size = size === 0 ? defaultPageSize : Math.ceil(size / 2);
        continue;
      }
      // The server leaves both out of the items of a list.
      for (const item of page.items ?? [])
        take(asAsked(of, { ...item, apiVersion: of.apiVersion, kind: of.kind }));
      token = page.metadata.continue;
      if (!token) return page.metadata.resourceVersion;
    }
  } finally {
    limit.clear();
  }
}

/** Undefined for a page that is too large to be read and has more than one object: a smaller one can be asked for. */
async function readPage<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  { namespace, labelSelector, fieldSelector, pageSize: _first, ...call }: ListOptions,
  limit: Limit,
  size: number,
  token: string | undefined,
): Promise<Page<Kind> | undefined> {
  try {
    const query = { labelSelector, fieldSelector, limit: size, continue: token };
    const path = collectionPath(connection, of, namespace);
    return await request(
      connection,
      {
        ...{ ...call, ...metadataHeaders(of, 'PartialObjectMetadataList') },
        ...{ method: 'GET', path, resource: of.plural, query, idempotent: true },
      },
      limit,
    );
  } catch (error) {
    if (error instanceof KubeError && error.code === 'RESPONSE_TOO_LARGE' && size !== 1) return undefined;
    throw error;
  }
}
