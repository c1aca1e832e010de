import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { short } from './api-error';
import { KubeError } from './errors';
import type { KubeConfigLike, KubeUser } from './kube-config';

/** Idle connections are dropped well before a Go server (90 s) or a usual load balancer (60 s) drops them. */
const idleMs = 30_000;
/** Calls in flight at once; watches and streams have connections of their own and do not count. */
const maxCalls = 64;

/** What one request needs to be believed by the server, and the connections that its TLS identity may use. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsIdentity;
  /** Kept-alive connections for calls. */
  readonly calls: HttpAgent;
  /** One connection each, for watches and streams; TLS sessions are resumed. */
  readonly streams: HttpAgent;
}

interface TlsIdentity {
  readonly ca: RequestOptions['ca'];
  readonly cert: RequestOptions['cert'];
  readonly key: RequestOptions['key'];
  readonly servername: string | undefined;
  readonly rejectUnauthorized: boolean | undefined;
}

/** Asks the KubeConfig for headers and TLS material. Connections are kept when the TLS material did not change. */
export async function readCredentials(
  config: KubeConfigLike,
  allowExecPlugin: boolean,
  previous: Credentials | undefined,
): Promise<Credentials> {
  const user = config.getCurrentUser();
  if (user && !allowExecPlugin) refusePlugins(user);
  const options: RequestOptions = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw credentialsError(user, error);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value).trim();
  if (options.auth) headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const tokenFile = tokenFileOf(user);
  // client-node holds a token file for a minute; a token that was rotated because it leaked must stop at once.
  if (tokenFile) headers.Authorization = `Bearer ${readToken(user, tokenFile)}`;
  const tls: TlsIdentity = {
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    servername: options.servername,
    rejectUnauthorized: options.rejectUnauthorized,
  };
  if (previous && sameTls(previous.tls, tls)) {
    return { headers, tls, calls: previous.calls, streams: previous.streams };
  }
  return { headers, tls, ...agents(config, tls, options.agent) };
}

function agents(
  config: KubeConfigLike,
  tls: TlsIdentity,
  proxied: RequestOptions['agent'],
): { calls: HttpAgent; streams: HttpAgent } {
  const cluster = config.getCurrentCluster();
  if (cluster?.proxyUrl && typeof proxied === 'object') {
    // Only client-node knows how to speak to the proxy, and its agents are made without keep-alive.
    Object.assign(proxied, { keepAlive: true });
    return { calls: proxied, streams: proxied };
  }
  const Agent = cluster?.server.startsWith('http:') ? HttpAgent : HttpsAgent;
  return {
    calls: new Agent({ ...tls, keepAlive: true, timeout: idleMs, maxSockets: maxCalls, scheduling: 'lifo' }),
    streams: new Agent({ ...tls, keepAlive: false }),
  };
}

/** Whether the user's credentials come from running a program that the kubeconfig names. */
export function usesPlugin(user: KubeUser): boolean {
  const provider = providerOf(user);
  return (
    Boolean(user.exec) ||
    provider.name === 'exec' ||
    Boolean(provider.config?.exec ?? provider.config?.['cmd-path'])
  );
}

function refusePlugins(user: KubeUser): void {
  if (!usesPlugin(user)) return;
  const { command } = (user.exec ?? {}) as { command?: unknown };
  throw new KubeError('EXEC_PLUGIN_NOT_ALLOWED', {
    where: `kubeconfig user "${user.name}"`,
    found: `credentials from running ${command ? JSON.stringify(short(String(command), 200)) : 'a program'}`,
    expected: 'a token, a token file or a client certificate',
    remedy: 'pass `allowExecPlugin: true` if you trust this kubeconfig to run programs here',
  });
}

interface AuthProvider {
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

function providerOf(user: KubeUser | null): AuthProvider {
  return (user?.authProvider ?? {}) as AuthProvider;
}

function tokenFileOf(user: KubeUser | null): string | undefined {
  const file = providerOf(user).config?.tokenFile;
  return typeof file === 'string' ? file : undefined;
}

function readToken(user: KubeUser | null, file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw credentialsError(user, error);
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw credentialsError(user, new Error(token === '' ? `${file} is empty` : `${file} holds no token`));
}

function credentialsError(user: KubeUser | null, error: unknown): KubeError {
  // A parser quotes what it cannot parse, and that is the plug-in's credential.
  const message = error instanceof SyntaxError ? 'output that is no JSON' : (error as Error).message;
  return new KubeError('CREDENTIALS_FAILED', {
    where: `kubeconfig user "${user?.name ?? ''}"`,
    found: withoutSecrets(short(message, 500)),
    expected: 'credentials',
    remedy: 'check the files, the program or the address that this user of the kubeconfig names',
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
