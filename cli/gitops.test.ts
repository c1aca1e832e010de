import { parseAllDocuments } from 'yaml';
import { gitopsDefinitions } from '../gitops';
import { drydock, mistake } from './testing-only/drydock';

test('the definitions are printed as YAML that says the same', async () => {
  const { code, out } = await drydock('gitops', 'crds');
  const printed = parseAllDocuments(out).map((one) => one.toJS());
  expect([code, printed]).toEqual([0, JSON.parse(JSON.stringify(gitopsDefinitions))]);
});

test.each(['x', '-1', '65536', '1.5', ''])('the port %j is refused', async (port) => {
  for (const option of ['port', 'push-port'])
    expect(await drydock('gitops', 'run', `--${option}=${port}`)).toEqual(
      mistake(`--${option} takes a number up to 65535, not "${port}"`, 'drydock gitops --help'),
    );
});

test.each([
  ['a template without a namespace', ['--program-template=x'], /go together/],
  ['policies that are not there', ['--policies=/no/such'], /--policies \/no\/such is no folder/],
  ['policies that are a file', ['--policies=/dev/null'], /--policies \/dev\/null is no folder/],
  [
    'a mode that there is not',
    ['--policies=/', '--policy-mode=soft'],
    /strict, permissive, audit, not "soft"/,
  ],
  ['a mode of no policies', ['--policy-mode=audit'], /--policy-mode says what those of --policies do/],
  ['a token of no Prometheus', ['--prometheus-token=x'], /go with --prometheus/],
  ['authorities of no Prometheus', ['--prometheus-ca=x'], /go with --prometheus/],
  ['a namespace without a template', ['--program-namespace=x'], /go together/],
  [
    'a template that is not there',
    ['--program-template=/no/such', '--program-namespace=x'],
    /no\/such cannot be read: ENOENT/,
  ],
])('%s is told', async (_what, options, told) => {
  const { code, err } = await drydock('gitops', 'run', '--port=0', ...options);
  expect([code, err]).toEqual([2, expect.stringMatching(told)]);
});

test('a file of secrets that is not there is told', async () => {
  const { code, err } = await drydock('gitops', 'run', '--port=0', '--push-secrets=/no/such/file');
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('SECRET_INVALID at webhook secrets "/no/such/file"'),
  ]);
});

test('an address of Prometheus with a password is told, and not shown', async () => {
  const { code, err } = await drydock(
    'gitops',
    'run',
    '--port=0',
    '--prometheus=https://me:pw1@p.example.com',
  );
  expect([code, err]).toEqual([1, expect.stringContaining('PROMETHEUS_INVALID')]);
  expect(err).not.toContain('pw1');
});

test('a kubeconfig that is not there is told', async () => {
  const { code, err } = await drydock('gitops', 'run', '--port=0', '--kubeconfig=/no/such/file');
  expect(code).not.toBe(0);
  expect(err).toContain('/no/such/file');
});
