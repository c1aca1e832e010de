import type { KubeUser } from './kube-config';

/** The older way in which a kubeconfig says where credentials come from. */
export interface AuthProvider {
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

export function providerOf(user: KubeUser | null): AuthProvider {
  return (user?.authProvider ?? {}) as AuthProvider;
}

/** An auth provider that runs a program of its own. */
export function usesProgram(user: KubeUser): boolean {
  return Boolean(providerOf(user).config?.['cmd-path']);
}

/** What client-node can ask; any other name would be a call without credentials. kubectl knows `oidc` alone. */
const KNOWN = ['oidc', 'gcp', 'azure', 'exec'];

export function isKnownProvider({ name, config }: AuthProvider): boolean {
  return Boolean(config?.exec) || KNOWN.includes(name ?? '');
}

const KUBECTL_RENEWS =
  'call kubectl once with this user, which renews the token and writes it into the kubeconfig; or use an exec plug-in such as kubelogin';

/**
 * Why a user of the provider `oidc` has no token that is valid now and cannot be given one here; undefined when there is
 * one, or when a public client can renew it. client-node would ask the issuer without the secret, or call as nobody.
 */
export function whyNoToken(
  user: KubeUser | null,
  nowMs: number,
): { readonly found: string; readonly remedy: string } | undefined {
  const { name, config = {} } = providerOf(user);
  if (name !== 'oidc') return undefined;
  const has = (field: string) => typeof config[field] === 'string' && config[field] !== '';
  const old = has('id-token') ? staleness(String(config['id-token']), nowMs) : 'no id-token';
  if (old === undefined) return undefined;
  const missing = ['refresh-token', 'client-id', 'idp-issuer-url'].find((field) => !has(field));
  if (missing) return { found: `${old}, and no ${missing} to get a new one with`, remedy: 'sign in anew' };
  if (!has('client-secret')) {
    // client-node renews a token that it has seen grow old, and none that was never there.
    return has('id-token') ? undefined : { found: old, remedy: KUBECTL_RENEWS };
  }
  return {
    found: `${old}, and a client secret, with which tokens are not renewed here`,
    remedy: KUBECTL_RENEWS,
  };
}

/** Without a word of the token itself. */
function staleness(token: string, nowMs: number): string | undefined {
  let until: unknown;
  try {
    const [, claims = ''] = token.split('.');
    until = JSON.parse(Buffer.from(claims, 'base64url').toString()).exp;
  } catch {
    return 'an id-token that is no JWT';
  }
  if (typeof until !== 'number') return 'an id-token that does not say until when it is valid';
  // What client-node compares; a moment later it would not renew it, and the server not take it.
  return nowMs / 1000 > until ? `an id-token that was valid until ${isoTime(until)}` : undefined;
}

function isoTime(seconds: number): string {
  return Math.abs(seconds) < 1e11 ? new Date(seconds * 1000).toISOString() : `second ${seconds}`;
}
