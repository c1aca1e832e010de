import { KubeError } from './errors';
import { expectFourFacts } from './testing-only/failure';
import { abortedError, deadlineError, transportError } from './transport-error';

const nodes = (code: string, message = `it failed: ${code}`) => Object.assign(new Error(message), { code });

test.each([
  ['ECONNREFUSED', 'UNREACHABLE', /server address/],
  ['ENOTFOUND', 'UNREACHABLE', /server address/],
  ['EAI_AGAIN', 'UNREACHABLE', /server address/],
  ['EHOSTUNREACH', 'UNREACHABLE', /server address/],
  ['ENETUNREACH', 'UNREACHABLE', /server address/],
  ['ETIMEDOUT', 'UNREACHABLE', /server address/],
  ['CERT_HAS_EXPIRED', 'CERTIFICATE_EXPIRED', /renew the API server's certificate/],
  ['CERT_NOT_YET_VALID', 'CERTIFICATE_EXPIRED', /clock/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERTIFICATE_UNTRUSTED', /certificate-authority/],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'CERTIFICATE_UNTRUSTED', /certificate-authority/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERTIFICATE_UNTRUSTED', /certificate-authority/],
  ['UNABLE_TO_GET_ISSUER_CERT', 'CERTIFICATE_UNTRUSTED', /certificate-authority/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERTIFICATE_UNTRUSTED', /certificate-authority/],
  ['CERT_SIGNATURE_FAILURE', 'CERTIFICATE_UNTRUSTED', /certificate-authority/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERTIFICATE_UNTRUSTED', /tls-server-name/],
  ['ERR_INVALID_CHAR', 'CREDENTIALS_FAILED', /token/],
  ['EPROTO', 'TLS_FAILED', /another port/],
  ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', 'TLS_FAILED', /client certificate and key/],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'TLS_FAILED', /another port/],
  ['ERR_OSSL_PEM_NO_START_LINE', 'TLS_FAILED', /another port/],
  ['ECONNRESET', 'CONNECTION_LOST', /read the object/],
  ['NOT_AN_ERR_SSL', 'CONNECTION_LOST', /read the object/],
])('%s of Node is %s, of which nothing was done before it was sent', (code, expected, remedy) => {
  const cause = nodes(code);
  const error = expectFourFacts(transportError('GET /x', cause, false));
  expect(error).toMatchObject({ code: expected, where: 'GET /x', effect: 'none', cause });
  expect(error.found).toBe(`it failed: ${code}`);
  expect(error.remedy).toMatch(remedy);
});

test('once a request was sent, a lost connection leaves open whether it was done', () => {
  const codes = ['ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH'];
  for (const code of codes) {
    expect(transportError('x', nodes(code), true)).toMatchObject({
      code: 'CONNECTION_LOST',
      effect: 'unknown',
    });
  }
  // The handshake fails before a request: it was never sent on that connection.
  expect(transportError('x', nodes('CERT_HAS_EXPIRED'), true).effect).toBe('none');
});

test('the code is told once: behind a message that lacks it', () => {
  expect(transportError('x', nodes('ECONNRESET', 'socket hang up'), false).found).toBe(
    'socket hang up (ECONNRESET)',
  );
  expect(transportError('x', nodes('ECONNRESET', 'read ECONNRESET'), false).found).toBe('read ECONNRESET');
  expect(transportError('x', new Error('just so'), false).found).toBe('just so');
  expect(transportError('x', 'no error at all', false).found).toBe('no error at all');
});

test('of a line of OpenSSL its reason is told, and neither its thread nor the place in its source', () => {
  const line =
    'write EPROTO 80AB12:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/record.c:354:\n';
  expect(transportError('x', nodes('EPROTO', line), false).found).toBe('wrong version number (EPROTO)');
});

test('an error of this room stays itself', () => {
  const own = deadlineError('x', 50, false);
  expect(transportError('y', own, true)).toBe(own);
});

test('a deadline and an abort say what they know about the effect', () => {
  const late = expectFourFacts(deadlineError('GET /x', 50, false));
  expect(late).toMatchObject({ code: 'DEADLINE_EXCEEDED', where: 'GET /x', effect: 'none' });
  expect(late.expected).toContain('50 ms');
  expect(deadlineError('GET /x', 50, true).effect).toBe('unknown');
  const reason = new Error('enough');
  const aborted = expectFourFacts(abortedError('GET /x', AbortSignal.abort(reason), false));
  expect(aborted).toBeInstanceOf(KubeError);
  expect(aborted).toMatchObject({ code: 'ABORTED', effect: 'none', cause: reason });
  expect(abortedError('GET /x', undefined, true)).toMatchObject({ effect: 'unknown' });
});
