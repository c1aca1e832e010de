import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sharedCluster } from '../cluster';
import type { KubeConfigLike } from './kube-config';

jest.setTimeout(300_000);

const script = path.join(__dirname, 'testing-only', 'foreign-config.ts');
const tsx = require.resolve('tsx');

async function talk(
  node: string,
  clientNode: string,
): Promise<{ node: string; clientNode: string; watched: boolean }> {
  const { kubeconfig } = await sharedCluster();
  const args = ['--import', tsx, script, clientNode, kubeconfig];
  return JSON.parse(execFileSync(node, args, { encoding: 'utf8' }));
}

test('the types of a KubeConfig of client-node fit', () => {
  type Own = import('@kubernetes/client-node', { with: { 'resolution-mode': 'import' }}).KubeConfig;
  const asOurs = (config: Own): KubeConfigLike => config;
  expect(asOurs).toBeInstanceOf(Function);
});

test('a KubeConfig object of client-node 1.4 is taken as it is', async () => {
  const seen = await talk(
    process.execPath,
    path.resolve(__dirname, '../node_modules/@kubernetes/client-node'),
  );
  expect(seen).toMatchObject({ clientNode: expect.stringMatching(/^1\.4\./), watched: true });
});

test('a KubeConfig object of client-node 2.x, on the Node 22 that it needs, is taken as it is', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-node22-'));
  try {
    const wanted = [`node-${process.platform}-${process.arch}@22`, '@kubernetes/client-node@2'];
    const flags = [
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--engine-strict=false',
    ];
    execFileSync('npm', ['install', ...flags, ...wanted], { stdio: 'pipe' });
    const node = path.join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
    const seen = await talk(node, path.join(folder, 'node_modules', '@kubernetes', 'client-node'));
    const expected = {
      node: expect.stringMatching(/^v22\./),
      clientNode: expect.stringMatching(/^2\./),
      watched: true,
    };
    expect(seen).toMatchObject(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
