import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sharedCluster } from '../../cluster';
import type { Sandboxes } from '../../sandbox';
import { refusal } from './ends';
import { RuntimeInstallation } from './runtime';

// What one sandbox has prepared, in others of a real cluster, with the rights that claims have and no more.

jest.setTimeout(180_000);

const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-checkpoint-'));
let installation: RuntimeInstallation;
let sandboxes: Sandboxes;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  sandboxes = installation.sandboxes();
});
afterAll(async () => {
  await sandboxes?.close();
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** As a checkout with its dependencies: files of modes, folders, links that stay inside, a program that is set-user-id. */
const PREPARE = [
  'mkdir -p repo/node_modules/.bin repo/node_modules/tool',
  "printf '#!/bin/sh\\necho built\\n' >repo/node_modules/tool/tool.sh",
  'chmod 4755 repo/node_modules/tool/tool.sh',
  'ln -s ../tool/tool.sh repo/node_modules/.bin/tool',
  'head -c 3000000 /dev/zero >repo/large',
].join(' && ');

test('what was prepared once is what others begin with: cold, warm, and with the links, without set-user-id', async () => {
  const values = installation.run();
  const first = await sandboxes.claim({ values, ttl: 300 });
  (await first.commands.shell(PREPARE)).orThrow();
  expect((await first.commands.shell('stat -c %a repo/node_modules/tool/tool.sh')).stdout.text).toBe(
    '4755\n',
  );
  const from = await first.checkpoint(path.join(folder, 'prepared'));
  await first.close();
  expect(from).toMatchObject({
    image: installation.image,
    template: expect.stringMatching(/^[0-9a-f]{8,}$/),
  });
  const pooled = installation.sandboxes({ pool: { warm: 1, values } });
  try {
    await pooled.warmUp();
    for (const [claiming, way] of [
      [sandboxes, 'cold'],
      [pooled, 'warm'],
    ] as const) {
      const second = await claiming.claim({ values, from, ttl: 300 });
      expect(second.info.way).toBe(way);
      const { stdout } = await second.commands.shell(
        'repo/node_modules/.bin/tool; stat -c %a repo/node_modules/tool/tool.sh; stat -c %u:%s repo/large; readlink repo/node_modules/.bin/tool; ls -A',
      );
      expect(stdout.text.split('\n')).toEqual([
        'built',
        '755',
        '10001:3000000',
        '../tool/tool.sh',
        'repo',
        '',
      ]);
      await second.close();
    }
  } finally {
    await pooled.close();
  }
});

test('a link out of the folder is refused or left out, and what was changed on the way puts nothing into a sandbox', async () => {
  const values = installation.run();
  const first = await sandboxes.claim({ values, ttl: 300 });
  const target = path.join(folder, 'linked');
  await first.commands.shell('ln -s /etc/passwd out && echo good >tool');
  expect(await refusal(first.checkpoint(target))).toMatchObject({ code: 'FileUnsafe', sandboxId: first.id });
  const from = await first.checkpoint(target, { special: 'skip' });
  expect(from.skipped).toEqual(['out -> /etc/passwd']);
  await first.close();
  const before = readFileSync(target);
  writeFileSync(target, Buffer.from(before.toString('latin1').replace('good', 'evil'), 'latin1'));
  expect(await refusal(sandboxes.claim({ values, from, ttl: 300 }))).toMatchObject({
    code: 'CheckpointDamaged',
  });
  writeFileSync(target, before);
  const second = await sandboxes.claim({ values, from, ttl: 300 });
  expect((await second.commands.shell('cat tool; ls')).stdout.text).toBe('good\ntool\n');
  await second.close();
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a checkpoint of another template or image makes no sandbox', async () => {
  const values = installation.run();
  const first = await sandboxes.claim({ values, ttl: 300 });
  const from = await first.checkpoint(path.join(folder, 'empty'));
  await first.close();
  const template = installation.templateOf({ sandbox: { workspaceSize: '700Mi' } });
  const others = installation.sandboxes({ template });
  try {
    expect(await refusal(others.claim({ values, from, ttl: 300 }))).toMatchObject({
      code: 'CheckpointMismatch',
    });
  } finally {
    await others.close();
  }
  const other = sandboxes.claim({ values: { ...values, image: 'example.com/other:1' }, from, ttl: 300 });
  // The template's own list of images is asked first.
  expect(['CheckpointMismatch', 'ArgumentInvalid']).toContain((await refusal(other)).code);
  expect(await sandboxes.list()).toEqual([]);
});
