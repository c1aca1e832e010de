import { isCount } from '../../kube';
import { checkGiven, checkOptions, invalid, type Place } from '../arguments';
import { hostName, isHostPattern } from './host-name';
import type { EgressRefusal } from './refused';

/** A repository that git in the sandbox clones without holding what it takes. */
export interface EgressRepository {
  /** As git is given it, such as `https://git.example.com/team/project.git`. */
  readonly url: string;
  /**
   * What is sent with the password, such as `x-access-token` for GitHub or `oauth2` for GitLab.
   * @default - none, with no password: the repository is public
   */
  readonly username?: string;
  /**
   * A token that may read this repository and nothing else: whatever runs in the sandbox reads with it.
   * @default - none, with no username: the repository is public
   */
  readonly password?: string;
  /**
   * Lets the sandbox push, too: with the rights of the token, whatever code runs in it.
   * @default false
   */
  readonly allowPush?: boolean;
  /**
   * Lets its host have an address of a private network (RFC 1918, fc00::/7); metadata and this machine stay closed.
   * @default false
   */
  readonly allowPrivate?: boolean;
  /**
   * Certificates, as PEM, that its server is checked with.
   * @default - those that Node trusts
   */
  readonly ca?: string;
}

/** What went out, or did not. Nothing of it is a secret: no path, header or body that the sandbox sent is in it. */
export interface EgressEvent {
  /** A tunnel to a host, or a request to a repository that was given. */
  readonly kind: 'tunnel' | 'repository';
  /** The host, or the URL of the repository as it was given. */
  readonly target: string;
  /** Why it was refused or broken off; `undefined` for what went out. */
  readonly refused: EgressRefusal | undefined;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly durationMs: number;
}

/** What a sandbox may reach, through this program. */
export interface EgressOptions {
  /**
   * Names of hosts that it may reach by TLS (port 443): `example.com` that alone, `*.example.com` all below it.
   * @default - none
   */
  readonly hosts?: readonly string[];
  /** @default - none */
  readonly repositories?: readonly EgressRepository[];
  /**
   * How many connections it may have at a time, from 1 to 24.
   * @default 16
   */
  readonly maxConnections?: number;
  /**
   * How many bytes one tunnel, or one request to a repository, may carry in both directions together.
   * @default 1073741824
   */
  readonly maxBytes?: number;
  /**
   * Told of each tunnel and request when it is over.
   * @default - nobody
   */
  readonly onEvent?: (event: EgressEvent) => void;
}

type Credentials = Pick<EgressRepository, 'username' | 'password'>;

export interface Repository extends Omit<EgressRepository, 'username' | 'password'> {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** A public repository is asked without. */
  readonly authorization: string | undefined;
}

export interface Egresses {
  readonly hosts: readonly string[];
  readonly repositories: readonly Repository[];
  readonly maxConnections: number;
  readonly maxBytes: number;
  readonly onEvent: EgressOptions['onEvent'];
}

const MAX_CONNECTIONS = 16;
/** Each has a place for its input among those of files, of which uploads need some. */
const MOST_CONNECTIONS = 24;
const MAX_BYTES = 1 << 30;
const KINDS = { hosts: 'texts', onEvent: 'function' } as const;

/** Read once, so that nothing changes what was checked. */
export function checkEgress(place: Place, options: EgressOptions): Egresses {
  checkOptions(place, options, KINDS);
  const { hosts = [], repositories = [], onEvent } = options;
  const { maxConnections = MAX_CONNECTIONS, maxBytes = MAX_BYTES } = options;
  for (const host of hosts) {
    if (isHostPattern(host)) continue;
    const expected =
      'a name such as example.com or *.example.com, without scheme, port or path, and no address';
    throw invalid(place, 'hosts', host, expected);
  }
  if (!isCount(maxConnections, 1) || maxConnections > MOST_CONNECTIONS) {
    throw invalid(place, 'maxConnections', maxConnections, `a whole number from 1 to ${MOST_CONNECTIONS}`);
  }
  if (!isCount(maxBytes, 1)) throw invalid(place, 'maxBytes', maxBytes, 'a whole number from 1 on');
  if (!Array.isArray(repositories)) throw invalid(place, 'repositories', repositories, 'a list');
  const read = repositories.map((given, at) => repositoryOf(place, given, `repositories[${at}]`));
  return {
    hosts: hosts.map((host) => host.toLowerCase()),
    repositories: read,
    maxConnections,
    maxBytes,
    onEvent,
  };
}

function repositoryOf(place: Place, given: EgressRepository, name: string): Repository {
  checkGiven(place, name, given, 'object');
  const { url, username, password, allowPush = false, allowPrivate = false, ca } = given;
  const fields = { allowPush, allowPrivate };
  for (const [field, flag] of Object.entries(fields)) checkGiven(place, `${name}.${field}`, flag, 'flag');
  if (ca !== undefined) checkGiven(place, `${name}.ca`, ca, 'name');
  const { hostname, port, pathname } = addressOf(place, url, name);
  const authorization = authorizationOf(place, { username, password }, name);
  return { url, ...fields, ca, authorization, host: hostname, port: Number(port || 443), path: pathname };
}

/** Both or neither: of a token that was not set, an answer of the server would be the first to tell. */
function authorizationOf(place: Place, given: Credentials, name: string): string | undefined {
  const { username, password } = given;
  if (username === undefined && password === undefined) return undefined;
  for (const [field, text] of Object.entries({ username, password })) {
    // Not shown: it may be the token.
    if (typeof text === 'string' && text !== '' && !/[\r\n\0]/.test(text)) continue;
    const expected = 'a text in one line, or neither username nor password for a public repository';
    throw invalid(place, `${name}.${field}`, typeof text, expected);
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** One in another spelling would be another one to whoever compares it. */
function addressOf(place: Place, url: unknown, name: string): URL {
  const expected = 'https://HOST/PATH of a repository, without user, query and fragment';
  if (typeof url !== 'string' || !URL.canParse(url))
    throw invalid(place, `${name}.url`, typeof url, expected);
  const read = new URL(url);
  const isPlain =
    read.href === url && read.protocol === 'https:' && /^\/[\w.~/-]*[\w~-]$/.test(read.pathname);
  if (isPlain && !read.username && !read.search && !read.hash && hostName(read.hostname)) return read;
  // A user or query of it may be a secret.
  throw invalid(place, `${name}.url`, `${read.protocol}//${read.host}...`, expected);
}
