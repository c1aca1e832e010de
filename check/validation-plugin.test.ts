import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DrydockValidation, type DrydockValidationProps } from './validation-plugin';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const POD = (image: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one' },
    spec: { containers: [{ name: 'app', image }] },
  });

async function validate(image: string, waivers?: string) {
  const manifest = path.join(folder, 'one.yaml');
  writeFileSync(manifest, POD(image));
  const violations: { readonly ruleName: string; readonly violatingResources: readonly object[] }[] = [];
  const statuses: string[] = [];
  await new DrydockValidation({ level: 'privileged', waivers }).validate({
    manifests: [manifest],
    report: { addViolation: (one) => violations.push(one), submit: (status) => statuses.push(status) },
  });
  return { violations, statuses, manifest };
}

test('a finding is a violation of its file, and the validation fails', async () => {
  const { violations, statuses, manifest } = await validate('app');
  expect(statuses).toEqual(['failure']);
  expect(violations).toMatchObject([
    {
      ruleName: 'latest-tag',
      violatingResources: [
        { resourceName: 'Pod/one', locations: ['spec.containers[0].image'], manifestPath: manifest },
      ],
    },
  ]);
});

test('without findings it succeeds', async () => {
  expect(await validate('app:1')).toMatchObject({ violations: [], statuses: ['success'] });
});

test('a waiver with a reason is taken', async () => {
  const waivers = path.join(folder, 'waivers.json');
  const waiver = { rule: 'latest-tag', object: 'Pod/one' };
  writeFileSync(waivers, JSON.stringify([{ ...waiver, reason: 'built on this very machine' }]));
  expect(await validate('app', waivers)).toMatchObject({ statuses: ['success'] });
});

/** What is told of manifests, by rule, object and file. */
async function told(props: DrydockValidationProps | undefined, ...manifests: readonly string[]) {
  const found: unknown[][] = [];
  await new DrydockValidation(props).validate({
    manifests,
    report: {
      addViolation: ({ ruleName, recommendation, fix, violatingResources: [one] }) => {
        expect([recommendation, fix]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
        found.push([ruleName, one?.resourceName, one?.manifestPath]);
      },
      submit: () => {},
    },
  });
  return found;
}

function file(name: string, ...objects: readonly object[]): string {
  const at = path.join(folder, name);
  writeFileSync(at, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return at;
}

const podNamed = (name: string, image = 'app:1', env: readonly object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image, env }] },
});

test('without properties the level is restricted', async () => {
  const rules = new Set((await told(undefined, file('a.yaml', podNamed('a')))).map(([rule]) => rule));
  expect([...rules]).toEqual(['pod-security']);
  expect(await told({ level: 'baseline' }, file('a.yaml', podNamed('a')))).toEqual([]);
});

test('each finding names the file of its object; one of no object names none', async () => {
  const a = file('a.yaml', podNamed('one'), podNamed('two', 'app'));
  const b = file('b.yaml', podNamed('three', 'app'));
  const waivers = file('waivers.json');
  const gone = { rule: 'latest-tag', object: 'Pod/gone', reason: 'built on this very machine' };
  writeFileSync(waivers, JSON.stringify([gone]));
  expect(await told({ level: 'privileged', waivers }, a, b)).toEqual([
    ['latest-tag', 'Pod/two', a],
    ['latest-tag', 'Pod/three', b],
    ['waiver-unused', 'Pod/gone', ''],
  ]);
});

test('what others provide is looked up in the files that are named', async () => {
  const valueFrom = { secretKeyRef: { name: 'shop', key: 'token' } };
  const pod = file('a.yaml', podNamed('one', 'app:1', [{ name: 'A', valueFrom }]));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shop' }, stringData: { token: 'x' } };
  expect(await told({ level: 'privileged' }, pod)).toEqual([['missing-key', 'Pod/one', pod]]);
  expect(await told({ level: 'privileged', provided: [file('secret.yaml', secret)] }, pod)).toEqual([]);
});
