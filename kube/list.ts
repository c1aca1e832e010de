import type { Connection } from './connection';
import { type CallOptions, request } from './request';
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
  /** Objects a request. @default 500 */
  readonly pageSize?: number;
}

export interface ObjectList<Kind extends KubeObject> {
  readonly items: Stored<Kind>[];
  /** The state of the cluster that this list shows; a watch can start there. */
  readonly resourceVersion: string;
}

interface Page<Kind extends KubeObject> {
  readonly items?: Stored<Kind>[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/**
 * Every object that is selected, read in pages that all show the same moment. When the server forgets that moment
 * between two pages, the call ends with ApiError GONE; then list again.
 */
export async function list<Kind extends KubeObject>(
  connection: Connection,
  of: Resource<Kind>,
  options: ListOptions = {},
): Promise<ObjectList<Kind>> {
  const { namespace, labelSelector, fieldSelector, pageSize = 500, ...call } = options;
  const items: Stored<Kind>[] = [];
  let token: string | undefined;
  for (;;) {
    const page: Page<Kind> = await request(connection, {
      ...call,
      method: 'GET',
      path: collectionPath(connection, of, namespace),
      resource: of.plural,
      query: { labelSelector, fieldSelector, limit: pageSize, continue: token },
      idempotent: true,
    });
    // The server leaves both out of the items of a list.
    for (const item of page.items ?? []) items.push({ ...item, apiVersion: of.apiVersion, kind: of.kind });
    token = page.metadata.continue;
    if (!token) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}
