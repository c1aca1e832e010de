import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drydock, mistake } from './testing-only/drydock';
import { writeLocalKubeconfig } from './testing-only/local-kubeconfig';
import { rememberingServer } from './testing-only/remembering-server';

test.each([
  [['--timeout', '1m'], '--timeout takes seconds, such as 90, not "1m"'],
  [['--ready-within', 'soon'], '--ready-within takes seconds, such as 90, not "soon"'],
  [['--output', 'xml'], '--output takes text or json, not "xml"'],
  [['--output='], '--output takes text or json, not ""'],
])('verify %j is a mistake, told in one sentence', async (argv, sentence) => {
  expect(await drydock('verify', ...argv)).toEqual(mistake(sentence, 'drydock verify --help'));
});

test('a cluster that does not answer is told with its address, and nothing is called well', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-verify-test-'));
  try {
    const [kubeconfig, manifest] = ['config', 'a.yaml'].map((name) => path.join(folder, name)) as [
      string,
      string,
    ];
    const config = {
      'current-context': 'one',
      clusters: [{ name: 'one', cluster: { server: 'http://127.0.0.1:1' } }],
      users: [{ name: 'one', user: {} }],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    writeFileSync(manifest, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
    const { code, out, err } = await drydock('verify', manifest, '--kubeconfig', kubeconfig);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('127.0.0.1:1');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 90_000);

test('the cluster of the context that is named is looked at, and programs are told as JSON', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-verify-test-'));
  const server = await rememberingServer();
  try {
    const [kubeconfig, manifest] = [path.join(folder, 'config'), path.join(folder, 'a.yaml')] as const;
    // Nobody listens at port 1.
    writeLocalKubeconfig(kubeconfig, 1, { well: server.port });
    writeFileSync(manifest, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
    server.paths.set('/api/v1/namespaces/here/configmaps/a', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'here', uid: 'a', resourceVersion: '1' },
    });
    const argv = ['verify', manifest, '--kubeconfig', kubeconfig, '--context', 'well'];
    const { code, out, err } = await drydock(...argv, '-o', 'json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ checked: [{ object: {} }] });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
