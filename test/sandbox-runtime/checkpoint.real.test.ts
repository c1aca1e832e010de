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
  'ln -s /etc/passwd out',
  'stat -c %a repo/node_modules/tool/tool.sh',
].join(' && ');

/** What a sandbox that has begun with it says of it. */
const LOOK = [
  'repo/node_modules/.bin/tool',
  'stat -c %a repo/node_modules/tool/tool.sh',
  'stat -c %u:%s repo/large',
  'readlink repo/node_modules/.bin/tool',
  'ls -A',
].join('; ');

test('what was prepared once is what others begin with, cold and warm; what fits not, or was changed, leaves no sandbox', async () => {
  const values = installation.run();
  const target = path.join(folder, 'prepared');
  const first = await sandboxes.claim({ values, ttl: 300 });
  expect((await first.commands.shell(PREPARE)).orThrow().stdout.text).toBe('4755\n');
  expect(await refusal(first.checkpoint(target))).toMatchObject({ code: 'FileUnsafe', sandboxId: first.id });
  const from = await first.checkpoint(target, { special: 'skip' });
  expect(from).toMatchObject({ image: installation.image, skipped: ['out -> /etc/passwd'] });
  await first.close();

  const others = installation.sandboxes({
    template: installation.templateOf({ sandbox: { workspaceSize: '700Mi' } }),
  });
  expect(await refusal(others.claim({ values, from, ttl: 300 }))).toMatchObject({
    code: 'CheckpointMismatch',
  });
  await others.close();
  const kept = readFileSync(target);
  writeFileSync(target, Buffer.from(kept.toString('latin1').replace('echo built', 'echo bad  '), 'latin1'));
  expect(await refusal(sandboxes.claim({ values, from, ttl: 300 }))).toMatchObject({
    code: 'CheckpointDamaged',
  });
  expect(await sandboxes.list()).toEqual([]);
  writeFileSync(target, kept);

  const pooled = installation.sandboxes({ pool: { warm: 1, values } });
  try {
    await pooled.warmUp();
    for (const [claiming, way] of [
      [sandboxes, 'cold'],
      [pooled, 'warm'],
    ] as const) {
      const second = await claiming.claim({ values, from, ttl: 300 });
      expect(second.info.way).toBe(way);
      const { stdout } = await second.commands.shell(LOOK);
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
  expect(readdirSync(folder)).toEqual(['prepared']);
});
