import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { tool } from '../../cluster/tools/tool';
import type { CustomResourceDefinition, Deployment, EndpointSlice, Lease, Secret } from '../../imports/k8s';
import { kubeconformTemplate, writeSchemas } from './schemas';

// A deadline for a process to start on a busy machine, not a measure.
jest.setTimeout(60_000);

let folder: string;
let kubeconform: string;
let files: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'drydock-schemas-'));
  files = await writeSchemas(folder);
  kubeconform = await tool('kubeconform');
}, 900_000);
afterAll(() => rm(folder, { recursive: true }));

interface Verdict {
  readonly status: string;
  readonly msg: string;
}

/** What the real kubeconform says to one object, or to one YAML text. */
async function check(object: object | string): Promise<Verdict> {
  const [verdict] = await checkAll(typeof object === 'string' ? object : JSON.stringify(object));
  return verdict as Verdict;
}

async function checkAll(documents: string): Promise<Verdict[]> {
  const location = path.join(folder, kubeconformTemplate);
  const child = spawn(kubeconform, ['-strict', '-verbose', '-output', 'json', '-schema-location', location]);
  child.stdin.end(documents);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (errors !== '') throw new Error(errors);
  return (JSON.parse(output) as { resources: Verdict[] }).resources;
}

const valid = expect.objectContaining({ status: 'statusValid' });
// Only `msg` tells the place; the list of validationErrors ends at the first level.
const invalid = (at: string, message: string) =>
  expect.objectContaining({
    status: 'statusInvalid',
    msg: expect.stringContaining(`at '${at}': ${message}`),
  });

const container = {
  name: 'web',
  image: 'web:1',
  ports: [{ name: 'http', containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/', port: 'http' as string | number } },
  resources: { limits: { cpu: 0.5 as string | number, memory: '64Mi' } },
};

function deployment(changes: object = {}, podChanges: object = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ ...container, ...changes }], ...podChanges },
      },
    },
  };
}

const firstContainer = '/spec/template/spec/containers/0';

test('takes a good Deployment', async () => {
  expect(await check(deployment())).toEqual(valid);
});

test('refuses an unknown field and names it', async () => {
  const typo = deployment({ imagePullPolice: 'Always' });
  expect(await check(typo)).toEqual(
    invalid(firstContainer, "additional properties 'imagePullPolice' not allowed"),
  );
  expect(await check({ ...deployment(), sepc: {} })).toEqual(
    invalid('', "additional properties 'sepc' not allowed"),
  );
});

test('refuses a list written as a string', async () => {
  expect(await check(deployment({ ports: '80' }))).toEqual(
    invalid(`${firstContainer}/ports`, 'got string, want null or array'),
  );
});

test('refuses a required field that is missing or null', async () => {
  expect(await check(deployment({ name: undefined }))).toEqual(
    invalid(firstContainer, "missing property 'name'"),
  );
  expect(await check(deployment({ name: null }))).toEqual(
    invalid(`${firstContainer}/name`, 'got null, want'),
  );
  expect(await check(deployment({}, { containers: null }))).toEqual(
    invalid('/spec/template/spec/containers', 'got null, want'),
  );
});

test('takes null for what may be left out, as the server does', async () => {
  const withNulls = deployment({ command: null, resources: null }, { securityContext: null });
  expect(await check(withNulls)).toEqual(valid);
  const printedByKubectl = { ...deployment(), metadata: { name: 'web', creationTimestamp: null } };
  expect(await check(printedByKubectl)).toEqual(valid);
});

test('a label that a template left empty is refused', async () => {
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n    app:\n';
  expect(await check(yaml)).toEqual(invalid('/metadata/labels/app', 'got null, want'));
  expect(await check(yaml.replace('app:', 'app: a'))).toEqual(valid);
});

test('a port is a whole number or a name, a quantity a number or a quantity', async () => {
  const probe = (port: unknown) => deployment({ readinessProbe: { httpGet: { port } } });
  expect(await check(probe(8080))).toEqual(valid);
  expect(await check(probe('http'))).toEqual(valid);
  expect(await check(probe(1.5))).toEqual(
    invalid(`${firstContainer}/readinessProbe/httpGet/port`, 'got number, want'),
  );
  const limit = (memory: unknown) => deployment({ resources: { limits: { memory } } });
  expect(await check(limit('1.5Gi'))).toEqual(valid);
  expect(await check(limit(1e9))).toEqual(valid);
  expect(await check(limit('64MB'))).toEqual(
    invalid(`${firstContainer}/resources/limits/memory`, "'64MB' does not match"),
  );
});

test('a number beyond an int32 is refused', async () => {
  expect(await check(deployment({ ports: [{ containerPort: 2 ** 31 }] }))).toEqual(
    invalid(`${firstContainer}/ports/0/containerPort`, 'maximum'),
  );
});

test('a Secret takes base64, also with line breaks, and nothing else', async () => {
  const secret = (value: string): Secret => ({ apiVersion: 'v1', kind: 'Secret', data: { a: value } });
  expect(await check(secret('aGVsbG8=\n'))).toEqual(valid);
  expect(await check(secret('aGVs\nbG8='))).toEqual(valid);
  expect(await check(secret('hello'))).toEqual(invalid('/data/a', "'hello' does not match"));
});

test('a Lease takes times with six digits only', async () => {
  const lease = (renewTime: string): Lease => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    spec: { renewTime },
  });
  expect(await check(lease('2024-01-01T00:00:00.000000Z'))).toEqual(valid);
  expect(await check(lease('2024-01-01T00:00:00Z'))).toEqual(
    invalid('/spec/renewTime', "'2024-01-01T00:00:00Z' does not match"),
  );
});

test('a claim template of a StatefulSet needs no kind, and is still checked', async () => {
  const set = (claim: object) => ({
    ...deployment(),
    kind: 'StatefulSet',
    spec: { ...deployment().spec, serviceName: 'web', volumeClaimTemplates: [claim] },
  });
  expect(await check(set({ metadata: { name: 'data' } }))).toEqual(valid);
  expect(await check(set({ metadata: { nam: 'data' } }))).toEqual(
    invalid('/spec/volumeClaimTemplates/0/metadata', "additional properties 'nam' not allowed"),
  );
});

test('the recursive schema of a CustomResourceDefinition is checked at any depth', async () => {
  const crd = (innermost: object): CustomResourceDefinition => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    spec: {
      group: 'drydock.test',
      scope: 'Namespaced',
      names: { plural: 'docks', kind: 'Dock' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              'x-kubernetes-preserve-unknown-fields': true,
              properties: { a: { type: 'array', items: { additionalProperties: innermost, default: [1] } } },
            },
          },
          subresources: { status: {} },
        },
      ],
    },
  });
  expect(await check(crd({ type: 'string' }))).toEqual(valid);
  expect(await check(crd({ typ: 'string' }))).toMatchObject({ status: 'statusInvalid', msg: /./ });
});

test('a list that must be there may be empty, not left out', async () => {
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    endpoints: [],
  };
  expect(await check(slice)).toEqual(valid);
  expect(await check({ ...slice, endpoints: undefined })).toEqual(
    invalid('', "missing property 'endpoints'"),
  );
});

test('every schema is one that kubeconform can compile', async () => {
  const objects = files.map((name) => {
    // Only apiVersion and kind: most are invalid, but the schema has been found and compiled to say so.
    const { properties } = require(path.join(folder, name)) as {
      properties: { apiVersion: { const: string }; kind: { const: string } };
    };
    return { apiVersion: properties.apiVersion.const, kind: properties.kind.const };
  });
  const verdicts = await checkAll(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  expect(verdicts.filter(({ status }) => !['statusValid', 'statusInvalid'].includes(status))).toEqual([]);
  expect(verdicts).toHaveLength(objects.length);
  expect(objects.length).toBeGreaterThan(150);
});
