import { type ConfigOptions, loadConfig } from './config';
import { type Credentials, readCredentials, usesPlugin } from './credentials';
import { KubeError } from './errors';
import type { KubeHooks } from './hooks';
import type { KubeConfigLike } from './kube-config';

export interface ConnectOptions extends ConfigOptions {
  /** The namespace of calls that name none. @default the context's namespace, else `default` */
  readonly namespace?: string;
  /**
   * Lets the kubeconfig run a program to get credentials; whoever can write that file then runs code here.
   * @default false
   */
  readonly allowExecPlugin?: boolean;
  /** The longest that a call may take, retries included, unless the call says otherwise. @default 60000 */
  readonly deadlineMs?: number;
  /** What the audit log shows as the client. @default 'drydock' */
  readonly userAgent?: string;
  readonly hooks?: KubeHooks;
}

/** Files that hold credentials are read again after this long, and at once when the server answers 401. */
const rereadMs = 10_000;

/**
 * One cluster as one user. Opens nothing by itself: the first call does. Private fields keep credentials out of
 * anything that prints this object.
 */
export class Connection {
  readonly server: URL;
  readonly namespace: string;
  readonly deadlineMs: number;
  readonly userAgent: string;
  readonly hooks: KubeHooks;
  readonly #config: KubeConfigLike;
  readonly #allowExecPlugin: boolean;
  readonly #closing = new AbortController();
  #credentials: { value: Promise<Credentials>; readAt: number; pending: boolean } | undefined;
  #last: Credentials | undefined;

  constructor(options: ConnectOptions = {}) {
    this.#config = loadConfig(options);
    const cluster = this.#config.getCurrentCluster();
    if (!cluster || !/^https?:\/\/./.test(cluster.server ?? '')) {
      throw new KubeError('KUBECONFIG_INVALID', {
        where: `context "${this.#config.getCurrentContext()}"`,
        found: cluster ? `server ${JSON.stringify(cluster.server)}` : 'no cluster',
        expected: 'a cluster with an http(s) address',
        remedy: 'correct the kubeconfig or its current context',
      });
    }
    this.server = new URL(cluster.server);
    const context = this.#config.getContextObject(this.#config.getCurrentContext());
    this.namespace = options.namespace ?? (context?.namespace || 'default');
    this.deadlineMs = options.deadlineMs ?? 60_000;
    this.userAgent = options.userAgent ?? 'drydock';
    this.hooks = options.hooks ?? {};
    this.#allowExecPlugin = options.allowExecPlugin ?? false;
  }

  /** Aborted by close(): every watch, stream and call in flight ends. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The credentials of now; callers at the same time share one reading. */
  credentials(): Promise<Credentials> {
    const current = this.#credentials;
    if (current && Date.now() - current.readAt < this.#keepMs()) return current.value;
    return this.#read();
  }

  /**
   * The server refused these credentials. Answers with newer ones, or undefined when there are none, so that a call
   * is repeated only when that can help.
   */
  async renewed(refused: Credentials): Promise<Credentials | undefined> {
    const current = await this.credentials();
    if (!sameCredentials(current, refused)) return current;
    const next = await this.#read();
    return sameCredentials(next, refused) ? undefined : next;
  }

  /** Ends everything that still runs on this connection. */
  close(): void {
    this.#closing.abort();
    this.#last?.calls.destroy();
    this.#last?.streams.destroy();
  }

  /** A plug-in is a program that may ask a person: it runs again only when the server refused what it gave. */
  #keepMs(): number {
    const user = this.#config.getCurrentUser();
    return user && usesPlugin(user) ? Number.POSITIVE_INFINITY : rereadMs;
  }

  #read(): Promise<Credentials> {
    if (this.#credentials?.pending) return this.#credentials.value;
    const value = readCredentials(this.#config, this.#allowExecPlugin, this.#last);
    const entry = { value, readAt: Date.now(), pending: true };
    this.#credentials = entry;
    value.then(
      (credentials) => {
        entry.pending = false;
        this.#last = credentials;
      },
      () => {
        this.#credentials = undefined;
      },
    );
    return value;
  }
}

function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.calls === other.calls && JSON.stringify(one.headers) === JSON.stringify(other.headers);
}
