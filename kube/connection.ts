import { checkCount, checkMs } from './amounts';
import { checkObject, checkTexts } from './arguments';
import type { Write } from './call';
import { type ConfigOptions, type LoadedConfig, loadConfig } from './config';
import { type Credentials, readCredentials } from './credentials';
import { KubeError } from './errors';
import type { KubeHooks } from './hooks';
import { isServer, serverShown } from './kubeconfig-rules';
import { ServerClock } from './server-clock';
import { onAbort } from './timer';
import { Turns } from './turns';

export interface ConnectOptions extends ConfigOptions {
  /** The namespace of calls that name none. @default the context's namespace, else `default` */
  readonly namespace?: string;
  /**
   * Lets the kubeconfig run a program to get credentials; everyone who can write that file then runs code here.
   * @default false
   */
  readonly allowExecPlugin?: boolean;
  /** The longest that a call may take, retries included, unless the call says otherwise. @default 60000 */
  readonly deadlineMs?: number;
  /**
   * Calls in flight at once; more wait for their turn. Watches and streams have connections of their own and do not
   * count. @default 64
   */
  readonly maxCalls?: number;
  /** What the audit log shows as the client. @default 'drydock' */
  readonly userAgent?: string;
  readonly hooks?: KubeHooks;
  /**
   * Asked at the last moment before each request that may change something is sent, each try anew. What it throws ends the
   * call, and nothing is sent.
   * @default - everything may be written
   */
  readonly mayWrite?: (write: Write) => void;
}

/** Files that hold credentials are read again after this long, and at once when the server answers 401. */
const rereadMs = 10_000;

/**
 * One cluster as one user. Opens nothing by itself: the first call does. Private fields keep credentials out of
 * anything that prints this object.
 *
 * @example
 * const staging = new Connection({ context: 'staging', namespace: 'shop' });
 * staging.close();
 */
export class Connection {
  readonly server: URL;
  readonly namespace: string;
  readonly deadlineMs: number;
  readonly userAgent: string;
  readonly hooks: KubeHooks;
  /** See {@link ConnectOptions.mayWrite}. */
  readonly mayWrite: ((write: Write) => void) | undefined;
  /** Whose call is next. */
  readonly turns: Turns;
  /** What time it is for the server, which counts deadlines and times to live. */
  readonly clock = new ServerClock();
  readonly #options: ConnectOptions;
  readonly #loaded: LoadedConfig;
  readonly #allowExecPlugin: boolean;
  readonly #closing = new AbortController();
  #credentials: { value: Promise<Credentials>; goodUntil: number; pending: boolean } | undefined;
  #last: Credentials | undefined;

  constructor(options: ConnectOptions = {}) {
    checkObject('new Connection', 'options', options);
    checkTexts('new Connection', { context: options.context, namespace: options.namespace });
    if (options.hooks !== undefined) checkObject('new Connection', 'hooks', options.hooks);
    const { deadlineMs, maxCalls } = options;
    checkMs('options', { deadlineMs });
    checkCount('options', 1, { maxCalls });
    this.#options = options;
    this.#loaded = loadConfig(options);
    const { config } = this.#loaded;
    const cluster = config.getCurrentCluster();
    if (!cluster || !isServer(cluster.server)) {
      throw new KubeError('KUBECONFIG_INVALID', {
        where: `context "${config.getCurrentContext()}"`,
        found: cluster ? `server ${serverShown(cluster.server)}` : 'no cluster',
        expected: 'a cluster with an http(s) address',
        remedy: 'correct the kubeconfig or its current context',
      });
    }
    this.server = new URL(cluster.server);
    const context = config.getContextObject(config.getCurrentContext());
    this.namespace = options.namespace ?? (context?.namespace || 'default');
    this.deadlineMs = deadlineMs ?? 60_000;
    this.turns = new Turns(maxCalls ?? 64);
    this.userAgent = options.userAgent ?? 'drydock';
    this.hooks = options.hooks ?? {};
    this.mayWrite = options.mayWrite;
    this.#allowExecPlugin = options.allowExecPlugin ?? false;
  }

  /** Aborted by close(): every watch, stream and call in flight ends. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * The same cluster in the name of another user, with the same rules on what may be written. It ends with this one, or by
   * its own `close()`.
   */
  as(user: string): Connection {
    const other = new Connection({ ...this.#options, as: user });
    const forget = onAbort(this.closing, () => other.close());
    onAbort(other.closing, forget);
    return other;
  }

  /** The credentials of now; callers at the same time share one reading. */
  credentials(): Promise<Credentials> {
    const current = this.#credentials;
    if (current && Date.now() < current.goodUntil) return current.value;
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

  /** What a plug-in gave is good until it says, or until the server refuses it: the program may ask a person. */
  #goodUntil(credentials: Credentials): number {
    if (!this.#loaded.plugin) return Date.now() + rereadMs;
    return credentials.expiresAt ?? Number.POSITIVE_INFINITY;
  }

  #read(): Promise<Credentials> {
    if (this.#credentials?.pending) return this.#credentials.value;
    const value = readCredentials(this.#loaded, this.#allowExecPlugin, this.#last, this.closing);
    const entry = { value, goodUntil: Number.POSITIVE_INFINITY, pending: true };
    this.#credentials = entry;
    value.then(
      (credentials) => {
        entry.pending = false;
        entry.goodUntil = this.#goodUntil(credentials);
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
