import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DrydockValidation } from './validation-plugin';

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
