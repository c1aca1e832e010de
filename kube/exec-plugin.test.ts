import { type ExecConfig, execOf, pluginNotAllowed, runPlugin } from './exec-plugin';
import { expectFourFacts } from './testing-only/failure';

const apiVersion = 'client.authentication.k8s.io/v1';
const cluster = {
  name: 'c',
  server: 'https://c:6443',
  caData: 'Q0E=',
  tlsServerName: 'k',
  proxyUrl: 'http://p',
};

/** A program of one line of JavaScript that prints a credential: `$` is its token. */
function program(token: string, more: Partial<ExecConfig> = {}): ExecConfig {
  const script = `console.log(JSON.stringify({ apiVersion: '${more.apiVersion ?? apiVersion}', kind: 'ExecCredential', status: { token: ${token} } }))`;
  return { apiVersion, command: process.execPath, args: ['-e', script], interactiveMode: 'Never', ...more };
}
const printing = (text: string): ExecConfig => ({
  ...program(''),
  args: ['-e', `process.stdout.write(${JSON.stringify(text)})`],
});
const answer = (status: unknown) => JSON.stringify({ apiVersion, kind: 'ExecCredential', status });

test('a program is told what kubectl tells it, and of the cluster only when it wants to know', async () => {
  const info = 'process.env.KUBERNETES_EXEC_INFO';
  const told = async (more: Partial<ExecConfig>) => {
    const { token } = await runPlugin(program(info, more), cluster);
    return JSON.parse(token!);
  };
  expect(await told({})).toEqual({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  const beta = `${apiVersion}beta1`;
  expect(await told({ apiVersion: beta, provideClusterInfo: true })).toEqual({
    apiVersion: beta,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      cluster: {
        server: 'https://c:6443',
        'tls-server-name': 'k',
        'certificate-authority-data': 'Q0E=',
        'proxy-url': 'http://p',
      },
    },
  });
});

test('that the certificate of the cluster is not checked is told only when it is so', async () => {
  const info = 'process.env.KUBERNETES_EXEC_INFO';
  const insecure = { name: 'c', server: 'https://c', skipTLSVerify: true };
  const { token } = await runPlugin(program(info, { provideClusterInfo: true }), insecure);
  expect(JSON.parse(token!).spec.cluster).toEqual({ server: 'https://c', 'insecure-skip-tls-verify': true });
});

test('it gets its variables beside those of this process', async () => {
  const env = [{ name: 'OWN', value: 'mine' }];
  const { token } = await runPlugin(
    program("process.env.OWN + ' ' + (process.env.PATH === undefined)", { env }),
    null,
  );
  expect(token).toBe('mine false');
});

test.each<[status: object, expected: object]>([
  [{ token: 't' }, { token: 't', cert: undefined, key: undefined, expiresAt: undefined }],
  [
    { clientCertificateData: 'c', clientKeyData: 'k' },
    { token: undefined, cert: 'c', key: 'k', expiresAt: undefined },
  ],
  [
    { token: 't', expirationTimestamp: '1970-01-01T00:00:05Z' },
    { token: 't', cert: undefined, key: undefined, expiresAt: 5_000 },
  ],
  [
    { token: 't', expirationTimestamp: '' },
    { token: 't', cert: undefined, key: undefined, expiresAt: undefined },
  ],
])('%j is a credential', async (status, expected) => {
  expect(await runPlugin(printing(answer(status)), null)).toEqual(expected);
});

test.each<[what: string, exec: ExecConfig, message: string]>([
  ['no command', { ...program('1'), command: undefined }, 'no command'],
  [
    'an old version',
    { ...program('1'), apiVersion: 'client.authentication.k8s.io/v1alpha1' },
    'apiVersion "client.authentication.k8s.io/v1alpha1", which no plug-in of today speaks',
  ],
  [
    'no version',
    { ...program('1'), apiVersion: undefined },
    'apiVersion "", which no plug-in of today speaks',
  ],
  [
    'a terminal that it wants',
    { ...program('1'), interactiveMode: 'Always' },
    'a program that wants a terminal, which is not there',
  ],
  ['null', printing('null'), 'output that is no ExecCredential'],
  ['a list', printing('[]'), 'output that is no ExecCredential'],
  ['no status', printing(answer(null)), 'an ExecCredential without a token and without a certificate'],
  [
    'a token that is no text',
    printing(answer({ token: 5 })),
    'an ExecCredential without a token and without a certificate',
  ],
  [
    'a key alone',
    printing(answer({ clientKeyData: 'k' })),
    'a client certificate and a key of which one is missing',
  ],
  [
    'another version than was asked for',
    printing(answer({ token: 't' }).replace('/v1', '/v1beta1')),
    `an ExecCredential of another version than ${apiVersion}`,
  ],
  ['a failure without words', { ...program('1'), args: ['-e', 'process.exit(3)'] }, 'exit code 3: no words'],
  [
    'a failure with words',
    { ...program('1'), args: ['-e', "console.error(' log in first '); process.exit(1)"] },
    'exit code 1: log in first',
  ],
  [
    'an end by a signal',
    { ...program('1'), args: ['-e', "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 60000)"] },
    'SIGTERM: no words',
  ],
  [
    'a program that is not there',
    { ...program('1'), command: '/no/such/program' },
    'no program "/no/such/program"',
  ],
  [
    'a program that is not there, with a hint',
    { ...program('1'), command: '/no/such/program', installHint: 'get it' },
    'no program "/no/such/program"; get it',
  ],
])('%s is told as it is', async (_what, exec, message) => {
  await expect(runPlugin(exec, null)).rejects.toThrow(new Error(message));
});

test('a program that never answers is ended after two minutes', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  try {
    const running = runPlugin({ ...program('1'), args: ['-e', 'setInterval(() => {}, 1000)'] }, null);
    const outcome = expect(running).rejects.toThrow(new Error('no answer within 120000 ms'));
    jest.advanceTimersByTime(120_000);
    await outcome;
  } finally {
    jest.useRealTimers();
  }
});

test('the program of a user is its own, else that of its auth provider', () => {
  const exec = { command: 'a' };
  expect(execOf({ name: 'u', exec })).toBe(exec);
  expect(execOf({ name: 'u', authProvider: { name: 'exec', config: { exec } } })).toBe(exec);
  expect(execOf({ name: 'u', exec, authProvider: { config: { exec: { command: 'b' } } } })).toBe(exec);
  for (const user of [
    null,
    { name: 'u' },
    { name: 'u', authProvider: null },
    { name: 'u', authProvider: {} },
  ])
    expect(execOf(user)).toBeUndefined();
});

test('a program that is not allowed is named, and how to allow it', () => {
  const error = expectFourFacts(pluginNotAllowed({ name: 'u' }, 'aws'));
  expect(error).toMatchObject({ code: 'EXEC_PLUGIN_NOT_ALLOWED', where: 'kubeconfig user "u"' });
  expect(error.found).toBe('credentials from running "aws"');
  expect(error.remedy).toContain('allowExecPlugin: true');
  expect(pluginNotAllowed({ name: 'u' }, undefined).found).toBe('credentials from running a program');
});

test('after close() no program is waited for', async () => {
  const running = runPlugin({ ...program(''), command: 'sleep', args: ['5'] }, null, AbortSignal.abort());
  await expect(running).rejects.toThrow(new Error('a close() of the connection'));
});

test('close() ends a program that still runs, also one that has started others, and does not wait for them', async () => {
  const closing = new AbortController();
  // The second one would keep the output of the first open for longer than is waited here.
  const script = 'sleep 5 & wait';
  const running = runPlugin({ ...program(''), command: 'sh', args: ['-c', script] }, null, closing.signal);
  const startedAt = performance.now();
  setTimeout(() => closing.abort(), 200);
  await expect(running).rejects.toThrow(new Error('a close() of the connection'));
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});
