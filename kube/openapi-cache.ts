import type { CallOptions } from './call';
import type { Connection } from './connection';
import { readIfChanged, type Tagged } from './if-changed';
import { request } from './request';
import { groupVersionPath } from './resource';

/** What is read of an OpenAPI v3 document; the rest of it is there as the server sent it. */
export interface OpenApiDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly [field: string]: unknown;
}

/** By the path of an apiVersion, where its document is; the address has the hash of its content in it. */
type Index = ReadonlyMap<string, string>;

interface Kept {
  readonly address: string;
  readonly document: Promise<OpenApiDocument>;
}

/**
 * The schemas of a server, a document for each apiVersion that is asked for. What is known is believed as long as the server names
 * the same hash for it, which is asked each time: a CRD that appears or changes is seen by the next question.
 */
export class OpenApi {
  readonly #connection: Connection;
  readonly #options: CallOptions;
  readonly #kept = new Map<string, Kept>();
  #index: Tagged<Index> | undefined;

  constructor(connection: Connection, options: CallOptions = {}) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Undefined for an apiVersion of which the server has no schemas. */
  async document(apiVersion: string): Promise<OpenApiDocument | undefined> {
    const call = { ...this.#options, path: '/openapi/v3', resource: 'openapi' };
    this.#index = await readIfChanged(this.#connection, call, this.#index, indexOf);
    const path = groupVersionPath(apiVersion).slice(1);
    const address = this.#index.answer.get(path);
    if (address === undefined) {
      this.#kept.delete(path);
      return undefined;
    }
    const known = this.#kept.get(path);
    if (known?.address === address) return known.document;
    const kept = { address, document: this.#read(address) };
    this.#kept.set(path, kept);
    kept.document.catch(() => {
      if (this.#kept.get(path) === kept) this.#kept.delete(path);
    });
    return kept.document;
  }

  #read(address: string): Promise<OpenApiDocument> {
    const { pathname, searchParams } = new URL(address, 'http://server');
    return request(this.#connection, {
      ...this.#options,
      method: 'GET',
      path: pathname,
      query: Object.fromEntries(searchParams),
      resource: 'openapi',
      idempotent: true,
    });
  }
}

function indexOf(answer: unknown): Index {
  const { paths = {} } = (answer ?? {}) as {
    readonly paths?: Readonly<Record<string, { readonly serverRelativeURL?: string }>>;
  };
  return new Map(
    Object.entries(paths).flatMap(([path, { serverRelativeURL: address }]) =>
      typeof address === 'string' ? [[path, address] as const] : [],
    ),
  );
}
