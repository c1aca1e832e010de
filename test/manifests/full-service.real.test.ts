import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Cluster,
  type KubernetesMinor,
  sharedCluster,
  startCluster,
  tool,
  until,
  withNamespace,
} from '../../cluster';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { kubeconformTemplate, writeSchemas } from '../../scripts/imports/schemas';
import { filesOf } from '../laws/helm-law';
import { fullChart } from './full-service';

jest.setTimeout(900_000);

const objects = Testing.synth(fullChart()) as JsonObject[];
const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
const RESTRICTED = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-full-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('server-side apply takes every object strictly, without a warning, where Pod Security is restricted', async () => {
  await withNamespace(
    await sharedCluster(),
    async (namespace) => {
      const { stdout, stderr } = await namespace.kubectl(
        ['apply', '--server-side', '--validate=strict', '--dry-run=server', '-f', '-'],
        { input: list },
      );
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toHaveLength(objects.length);
    },
    { labels: RESTRICTED },
  );
});

test.each(['1.33', '1.36'] as const)(
  'a strict dry-run on Kubernetes %s takes every object',
  async (version: KubernetesMinor) => {
    const cluster: Cluster = await startCluster({ controlPlaneOnly: true, version });
    try {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels: RESTRICTED } };
      await cluster.api.send('POST', '/api/v1/namespaces', { body });
      const account = '/api/v1/namespaces/strict/serviceaccounts/default';
      await until('the service account', async () => (await cluster.api.send('GET', account)).status === 200);
      const apply = [
        '-n',
        'strict',
        'apply',
        '--server-side',
        '--validate=strict',
        '--dry-run=server',
        '-f',
        '-',
      ];
      expect((await cluster.kubectl(apply, { input: list })).stderr).toBe('');
      const misspelt = list.replace('"replicas"', '"replcas"');
      expect((await cluster.kubectl(apply, { input: misspelt, allowFailure: true })).code).not.toBe(0);
    } finally {
      await cluster.stop();
    }
  },
);

test('kubeconform finds every object valid against the schemas of the API, and a misspelt one not', async () => {
  const schemas = path.join(folder, 'schemas');
  await writeSchemas(schemas);
  const program = await tool('kubeconform');
  const args = [
    '-strict',
    '-summary',
    '-output',
    'json',
    '-schema-location',
    path.join(schemas, kubeconformTemplate),
  ];
  const run = (input: string) => {
    try {
      return JSON.parse(execFileSync(program, args, { input, encoding: 'utf8' })).summary;
    } catch (error) {
      return JSON.parse((error as { stdout: string }).stdout).summary;
    }
  };
  const stream = (of: readonly JsonObject[]) => of.map((one) => JSON.stringify(one)).join('\n---\n');
  expect(run(stream(objects))).toEqual({ valid: objects.length, invalid: 0, errors: 0, skipped: 0 });
  expect(run(stream(objects).replace('"replicas"', '"replcas"'))).toMatchObject({ invalid: 1 });
});

test.each(['helm-4', 'helm-3'] as const)('%s lints the chart strictly and says nothing', async (version) => {
  const chart = path.join(folder, version, 'full');
  for (const [name, text] of filesOf(fullChart())) {
    mkdirSync(path.dirname(path.join(chart, name)), { recursive: true });
    writeFileSync(path.join(chart, name), text);
  }
  const output = execFileSync(await tool(version), ['lint', '--strict', chart], { encoding: 'utf8' });
  expect(output).toContain('0 chart(s) failed');
  expect(output).not.toMatch(/\[(WARNING|ERROR)\]/);
});

/** What kube-score finds and we leave, each with the reason. */
const TASTE: Readonly<Record<string, string>> = {
  'container-security-context-user-group-id':
    'It wants ids above 10000, against clashes with the node; a uid that owns nothing in the image does the same.',
  'container-image-pull-policy':
    'It wants Always; tags do not move here, and a node must start pods without the registry.',
  'container-resources': 'It wants a CPU limit; one slows a service down on an idle node. Memory is limited.',
};

test('kube-score finds nothing critical but what is a matter of taste', async () => {
  const program = await tool('kube-score');
  const file = path.join(folder, 'objects.yaml');
  writeFileSync(file, objects.map((one) => JSON.stringify(one)).join('\n---\n'));
  let output: string;
  try {
    output = execFileSync(program, ['score', '--output-format', 'json', file], { encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  interface Scored {
    readonly object_name: string;
    readonly checks: readonly {
      readonly check: { readonly id: string };
      readonly grade: number;
      readonly skipped: boolean;
    }[];
  }
  const CRITICAL = 1;
  const bad = (JSON.parse(output) as Scored[]).flatMap(({ object_name, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade <= CRITICAL && !skipped)
      .map(({ check }) => ({ object: object_name, id: check.id })),
  );
  expect(bad.filter(({ id }) => !TASTE[id])).toEqual([]);
  // A reason for what is not found any more would hide the next one.
  expect([...new Set(bad.map(({ id }) => id))].sort()).toEqual(Object.keys(TASTE).sort());
});
