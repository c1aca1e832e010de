import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { sharedCluster } from '../../cluster';
import { gitBackend } from '../../gitops/testing-only/git-backend';
import { BareRepository } from '../../gitops/testing-only/git-server';
import { makeCertificates } from '../../kube/testing-only/certificates';
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

test('a closed sandbox asks for a private repository through its program, and for nothing else', async () => {
  const { good } = await makeCertificates('127.0.0.1,DNS:git.example.com');
  new BareRepository(path.join(folder, 'served/a.git')).commit({ 'read.me': 'private words' });
  const git = gitBackend({
    folder: path.join(folder, 'served'),
    username: 'robot',
    password: 'planted-hunter2',
  });
  const server = createServer(good, git);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outside = {
    resolve: async () => ['93.184.215.14'],
    connect: () => connect((server.address() as AddressInfo).port, '127.0.0.1'),
  };
  const url = 'https://git.example.com/a.git';
  const sandbox = await sandboxes.claim({ values: installation.run(), ttl: 300 });
  try {
    const repositories = [{ url, username: 'robot', password: 'planted-hunter2', ca: good.ca! }];
    const egress = await sandbox.egressInto(outside, { repositories });
    // What git is told to ask at, by a program that the image has.
    const at = egress.env.GIT_CONFIG_KEY_0!.replace(/^url\.(.*)\.insteadOf$/, '$1');
    const ask = (rest: string) =>
      sandbox.commands.run(['wget', '-qO-', `${at}${rest}`], { timeoutMs: 20_000 });
    const refs = await ask('/info/refs?service=git-upload-pack');
    expect([refs.exitCode, refs.stdout.text]).toEqual([0, expect.stringContaining('refs/heads/main')]);
    const refused = await ask('/info/refs?service=git-receive-pack');
    expect([refused.exitCode === 0, refused.stderr.text]).toEqual([false, expect.stringContaining('403')]);
    const closed = await sandbox.commands.run(['wget', '-qO-', '-T', '2', 'http://10.96.0.1:443/']);
    expect(closed.exitCode).not.toBe(0);
    const env = await sandbox.commands.run(['env'], { env: egress.env });
    expect(env.stdout.text).not.toContain('hunter2');
    await egress.close();
    expect((await ask('/info/refs?service=git-upload-pack')).exitCode).not.toBe(0);
  } finally {
    await sandbox.close();
    server.close();
    server.closeAllConnections();
    rmSync(path.join(folder, 'served'), { recursive: true });
  }
});

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
  const changed = Buffer.from(kept);
  changed[changed.length - 20]! ^= 1;
  writeFileSync(target, changed);
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
