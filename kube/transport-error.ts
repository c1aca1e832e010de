import type { ErrorFacts } from '../errors';
import { KubeError, type KubeErrorCode } from './errors';

type Story = Omit<ErrorFacts, 'where' | 'found'> & { readonly code: KubeErrorCode };

const neverArrived: Story = {
  code: 'UNREACHABLE',
  expected: 'an API server that accepts connections',
  remedy: 'check the server address of this context, and that the cluster runs and can be reached from here',
};
const untrusted: Story = {
  code: 'CERTIFICATE_UNTRUSTED',
  expected: "a server certificate signed by the kubeconfig's certificate authority, for this host name",
  remedy: 'put the right certificate-authority(-data) or tls-server-name into the kubeconfig',
};
const notTls: Story = {
  code: 'TLS_FAILED',
  expected: 'a TLS handshake',
  remedy:
    'check that the address is the API server and not another port, and that client certificate and key belong together',
};

const badHeader: Story = {
  code: 'CREDENTIALS_FAILED',
  expected: 'credentials and headers of printable characters',
  remedy: 'check the token of this kubeconfig user',
};

const stories: Readonly<Record<string, Story>> = {
  ECONNREFUSED: neverArrived,
  ENOTFOUND: neverArrived,
  EAI_AGAIN: neverArrived,
  EHOSTUNREACH: neverArrived,
  ENETUNREACH: neverArrived,
  ETIMEDOUT: neverArrived,
  CERT_HAS_EXPIRED: {
    code: 'CERTIFICATE_EXPIRED',
    expected: 'a server certificate that is still valid',
    remedy: "renew the API server's certificate, and check this machine's clock",
  },
  CERT_NOT_YET_VALID: {
    code: 'CERTIFICATE_EXPIRED',
    expected: 'a server certificate that is already valid',
    remedy: "check this machine's clock and the API server's certificate",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  ERR_INVALID_CHAR: badHeader,
  EPROTO: notTls,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: notTls,
};

const lost: Story = {
  code: 'CONNECTION_LOST',
  expected: 'an answer on this connection',
  remedy: 'if `effect` is unknown, read the object before you repeat a change',
};

/**
 * Turns what Node throws into a KubeError. `sent` says whether any byte of the request can have reached the server.
 * Node's own message is kept: it names hosts and certificates, never headers.
 */
export function transportError(where: string, error: unknown, sent: boolean): KubeError {
  if (error instanceof KubeError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const told = stories[code] ?? (/^ERR_(SSL|OSSL)/.test(code) ? notTls : lost);
  // A time-out or a missing route on a connection that was open before is a lost answer.
  const story = told === neverArrived && sent ? lost : told;
  const effect = story === lost && sent ? 'unknown' : 'none';
  const said = inOpenSsl(message);
  const found = code && !said.includes(code) ? `${said} (${code})` : said;
  return new KubeError(story.code, { ...story, where, found }, { cause: error, effect });
}

/** Of OpenSSL's line its reason, such as `wrong version number`; the rest is a thread and a place in its source. */
function inOpenSsl(message: string): string {
  return /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
}

export function deadlineError(where: string, deadlineMs: number, sent: boolean): KubeError {
  return new KubeError(
    'DEADLINE_EXCEEDED',
    {
      where,
      found: 'no answer',
      expected: `an answer within ${deadlineMs} ms`,
      remedy: 'raise `deadlineMs`; if `effect` is unknown, read the object before you repeat a change',
    },
    { effect: sent ? 'unknown' : 'none' },
  );
}

export function abortedError(where: string, signal: AbortSignal | undefined, sent: boolean): KubeError {
  return new KubeError(
    'ABORTED',
    {
      where,
      found: 'an abort by the caller',
      expected: 'to be allowed to finish',
      remedy: 'nothing, if that was meant; if `effect` is unknown, the server may still have done it',
    },
    { cause: signal?.reason, effect: sent ? 'unknown' : 'none' },
  );
}
