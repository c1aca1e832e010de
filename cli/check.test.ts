import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drydock, mistake } from './testing-only/drydock';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-check-test-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function write(file: string, object: unknown): string {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, JSON.stringify(object));
  return file;
}
const pod = (image: string, env: readonly object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one' },
  spec: { containers: [{ name: 'app', image, env }] },
});
const needing = pod('app:1', [{ name: 'A', valueFrom: { secretKeyRef: { name: 'shop', key: 'token' } } }]);
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shop' }, stringData: { token: 'x' } };
const check = (...argv: string[]) => drydock('check', '--level', 'privileged', ...argv);

test('what is sound ends with 0, and says how much was looked at', async () => {
  const all = ['a.yaml', 'b.yaml'].map((file) => write(file, pod('app:1')));
  expect(await check(...all)).toEqual({ code: 0, out: '', err: '2 objects, no findings\n' });
});

test('a finding ends with 1: it is told in words, or as JSON and nothing else', async () => {
  const file = write('a.yaml', pod('app'));
  const words = await check(file);
  expect(words).toMatchObject({ code: 1, err: '1 objects, 1 findings\n' });
  expect(words.out).toMatch(/^Pod\/one spec\.containers\[0\]\.image \[latest-tag\]\n {2}.*\n {2}.*\n$/);
  const json = await check(file, '--json');
  expect(json).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(json.out)).toMatchObject([{ rule: 'latest-tag', object: 'Pod/one' }]);
});

test('the level is restricted unless another is named', async () => {
  const file = write('a.yaml', pod('app:1'));
  expect((await drydock('check', file)).out).toContain('"restricted"');
  expect((await drydock('check', file, '--level', 'baseline')).code).toBe(0);
});

test.each([
  [['--level', 'strict'], '--level takes one of privileged, baseline, restricted, not "strict"'],
  [['--network-plugin', 'calico'], '--network-plugin takes cilium, not "calico"; others need no option'],
])('%j is refused', async (argv, sentence) => {
  expect(await drydock('check', ...argv)).toEqual(mistake(sentence, 'drydock check --help'));
});

test('without a path it is what synth writes, with the secrets beside it; with one only what is named', async () => {
  write('dist/manifests/a.yaml', needing);
  write('dist/secrets/shop.yaml', secret);
  writeFileSync('cdk8s.yaml', 'app: x\noutput: dist/manifests\n');
  expect(await check()).toMatchObject({ code: 0, err: '1 objects, no findings\n' });
  expect((await check('dist/manifests')).out).toContain('[missing-key]');
  expect((await check('dist/manifests', '--provided', 'dist/secrets')).code).toBe(0);
  expect((await check('--provided', write('other.yaml', pod('b:1')))).out).toContain('[missing-key]');
  rmSync('dist/secrets', { recursive: true });
  expect((await check()).out).toContain('[missing-key]');
});

test('a waiver takes its finding away', async () => {
  const file = write('a.yaml', pod('app'));
  const waiver = { rule: 'latest-tag', object: 'Pod/one', reason: 'built on this very machine' };
  expect((await check(file, '--waivers', write('waivers.json', [waiver]))).code).toBe(0);
  const refused = await check(file, '--waivers', 'none.json');
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('none.json') });
});

test('on Cilium a range of addresses is no way to the API server', async () => {
  const labels = { app: 'one' };
  const token = {
    ...needing,
    metadata: { name: 'one', labels },
    spec: { automountServiceAccountToken: true, containers: [{ name: 'app', image: 'a:1' }] },
  };
  const egress = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 443 }] }];
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'one' },
    spec: { podSelector: { matchLabels: labels }, policyTypes: ['Egress'], egress },
  };
  const files = [write('pod.yaml', token), write('policy.yaml', policy)];
  expect((await check(...files)).code).toBe(0);
  expect((await check(...files, '--network-plugin', 'cilium')).out).toContain('[api-server-closed]');
});
