import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import { short } from './api-error';
import { providerOf, usesProgram, whyNoToken } from './auth-provider';
import type { LoadedConfig } from './config';
import { KubeError } from './errors';
import { type PluginCredential, pluginNotAllowed, runPlugin } from './exec-plugin';
import type { KubeConfigLike, KubeUser } from './kube-config';
import { TunnelAgent } from './proxy/tunnel';

/** Idle connections are dropped well before a Go server (90 s) or a usual load balancer (60 s) drops them. */
const idleMs = 30_000;

/** What one request needs to be believed by the server, and the connections that its TLS identity may use. */
export interface Credentials {
  readonly headers: Headers;
  readonly tls: TlsIdentity;
  /** Kept-alive connections for calls. */
  readonly calls: HttpAgent;
  /** One connection each, for watches and streams; TLS sessions are resumed. */
  readonly streams: HttpAgent;
  /** When a plug-in said that they end, in milliseconds since 1970. */
  readonly expiresAt: number | undefined;
}

type Headers = Readonly<Record<string, string | string[]>>;

interface TlsIdentity {
  readonly ca: RequestOptions['ca'];
  readonly cert: RequestOptions['cert'];
  readonly key: RequestOptions['key'];
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean | undefined;
}

/**
 * Asks the KubeConfig for headers and TLS material, and the plug-in, which is run here and never by the KubeConfig.
 * Connections are kept when the TLS material did not change.
 */
export async function readCredentials(
  { config, impersonation, plugin, proxy }: LoadedConfig,
  allowExecPlugin: boolean,
  previous: Credentials | undefined,
  closing?: AbortSignal,
): Promise<Credentials> {
  const user = config.getCurrentUser();
  if (user && !allowExecPlugin && (plugin || usesProgram(user)))
    throw pluginNotAllowed(user, plugin?.command);
  const none = plugin ? undefined : whyNoToken(user, Date.now());
  if (none) throw credentialsError(user, none.found, none.remedy);
  const options: RequestOptions = { headers: {} };
  let given: PluginCredential | undefined;
  try {
    const bare = plugin ? withoutPlugin(config) : config;
    await (proxy ? withProxy(bare, proxy) : bare).applyToHTTPSOptions(options);
    given = plugin && (await runPlugin(plugin, config.getCurrentCluster(), closing));
  } catch (error) {
    throw credentialsError(user, withoutSecrets(wordsOf(error)));
  }
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value).trim();
  if (options.auth) headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  if (given?.token) headers.Authorization = `Bearer ${given.token}`;
  const tokenFile = tokenFileOf(user);
  // client-node holds a token file for a minute; a token that was rotated because it leaked must stop at once.
  if (tokenFile) headers.Authorization = `Bearer ${readToken(user, tokenFile.file, tokenFile.otherwise)}`;
  const tls: TlsIdentity = {
    ca: options.ca,
    cert: given?.cert ?? options.cert,
    key: given?.key ?? options.key,
    servername: options.servername,
    rejectUnauthorized: options.rejectUnauthorized,
  };
  const own = { headers: { ...headers, ...impersonation }, tls, expiresAt: given?.expiresAt };
  if (previous && sameTls(previous.tls, tls)) {
    return { ...own, calls: previous.calls, streams: previous.streams };
  }
  return { ...own, ...agents(config, proxy, tls, options.agent) };
}

/** The same KubeConfig for a user whose credentials come from elsewhere. */
function withoutPlugin(config: KubeConfigLike): KubeConfigLike {
  const user = config.getCurrentUser();
  const bare = user && { ...user, exec: undefined, authProvider: undefined };
  return Object.create(config, { getCurrentUser: { value: () => bare } });
}

/** The same KubeConfig for a cluster that is reached through a proxy, whoever named that. */
function withProxy(config: KubeConfigLike, { href: proxyUrl }: URL): KubeConfigLike {
  const cluster = config.getCurrentCluster();
  return Object.create(config, { getCurrentCluster: { value: () => cluster && { ...cluster, proxyUrl } } });
}

function agents(
  config: KubeConfigLike,
  proxy: URL | undefined,
  tls: TlsIdentity,
  proxied: RequestOptions['agent'],
): { calls: HttpAgent; streams: HttpAgent } {
  const cluster = config.getCurrentCluster();
  const isPlain = cluster?.server.startsWith('http:');
  const each = isPlain ? tls : { ...tls, secureContext: contextOf(tls) };
  const kept = { ...each, keepAlive: true, timeout: idleMs };
  if (proxy?.protocol.startsWith('http') && cluster?.server.startsWith('https:')) {
    return {
      calls: new TunnelAgent(proxy, { ...kept, scheduling: 'lifo' }),
      streams: new TunnelAgent(proxy, { ...each, keepAlive: false }),
    };
  }
  if (proxy && typeof proxied === 'object') {
    // SOCKS, and plain HTTP to a server: only client-node knows how to speak to such a proxy. Its agents are made
    // without keep-alive.
    const { options } = proxied as HttpAgent & { readonly options: object };
    Object.assign(proxied, { keepAlive: true, options: Object.assign(Object.create(null), options, kept) });
    return { calls: proxied, streams: proxied };
  }
  const Agent = isPlain ? HttpAgent : HttpsAgent;
  return {
    calls: new Agent({ ...kept, scheduling: 'lifo' }),
    streams: new Agent({ ...each, keepAlive: false }),
  };
}

/**
 * Keys and certificates, read once and not for each connection, which takes a millisecond. What is wrong with them is told by
 * the first call, as it always was: it reads them itself where there is nothing here.
 */
function contextOf({ ca, cert, key }: TlsIdentity): SecureContext | undefined {
  try {
    return createSecureContext({ ca, cert, key });
  } catch {
    return undefined;
  }
}

function tokenFileOf(
  user: KubeUser | null,
): { readonly file: string; readonly otherwise: unknown } | undefined {
  // The first is the word of client-node, for the account of a pod; the second is ours, see config.ts.
  const { tokenFile, readAgain, token: otherwise } = providerOf(user).config ?? {};
  const file = readAgain ?? tokenFile;
  return typeof file === 'string' ? { file, otherwise } : undefined;
}

function readToken(user: KubeUser | null, file: string, otherwise: unknown): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (typeof otherwise === 'string' && otherwise !== '') return otherwise;
    throw credentialsError(user, (error as Error).message);
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw credentialsError(user, token === '' ? `${file} is empty` : `${file} holds no token`);
}

/** A parser quotes what it cannot parse, and that is the plug-in's credential. */
function wordsOf(error: unknown): string {
  return error instanceof SyntaxError ? 'output that is no JSON' : (error as Error).message;
}

/** @param found without secrets: of a file its name and what the system says, which are left as they are */
function credentialsError(
  user: KubeUser | null,
  found: string,
  remedy = 'check the files, the program or the address that this user of the kubeconfig names',
): KubeError {
  return new KubeError('CREDENTIALS_FAILED', {
    where: `kubeconfig user "${user?.name ?? ''}"`,
    found: short(found, 500),
    expected: 'credentials',
    remedy,
  });
}

/** For text of programs that handle credentials: what looks like one is cut out. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(bearer|basic|token|password|secret)\b(\s*[:=]?\s*)\S+/gi, '$1$2(removed)')
    .replace(/[A-Za-z0-9_\-+/=.]{32,}/g, (word) => (word.startsWith('/') ? word : '(removed)'));
}

function sameTls(one: TlsIdentity, other: TlsIdentity): boolean {
  return (
    sameBytes(one.ca, other.ca) &&
    sameBytes(one.cert, other.cert) &&
    sameBytes(one.key, other.key) &&
    one.servername === other.servername &&
    one.rejectUnauthorized === other.rejectUnauthorized
  );
}

function sameBytes(one: unknown, other: unknown): boolean {
  if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) return one.equals(other);
  return one === other;
}

/** For a 401: the usual reason is in the certificate itself. */
export function clientCertificateNote(credentials: Credentials): string | undefined {
  const { cert } = credentials.tls;
  if (typeof cert !== 'string' && !Buffer.isBuffer(cert)) return undefined;
  try {
    const { validTo } = new X509Certificate(cert);
    return Date.parse(validTo) < Date.now() ? `the client certificate expired on ${validTo}` : undefined;
  } catch {
    return 'the client certificate cannot be read';
  }
}
