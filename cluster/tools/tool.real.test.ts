import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../until';

jest.setTimeout(300_000);

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(os.tmpdir(), 'drydock-tools-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const script = path.join(__dirname, 'setup.ts');

/** Asks for a tool in a process of its own, with a cache of its own. */
function ask(env: Readonly<Record<string, string>>, ...names: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...names], {
    env: { ...process.env, DRYDOCK_CACHE: cache, ...env },
    // A group of its own, so that a test can end the compiler with it.
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8');
  });
  const outcome: Promise<Outcome> = once(child, 'close').then(([code]) => ({ code, ...said }));
  return { pid: child.pid!, outcome };
}

function cached(): string[] {
  const folder = path.join(cache, 'tools');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.lock') : [];
}

test('two runs at once build a tool once and get the same binary', async () => {
  const outcomes = await Promise.all([ask({}, 'pause').outcome, ask({}, 'pause').outcome]);
  expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0]);
  expect(outcomes[0]!.stdout).toBe(outcomes[1]!.stdout);
  expect(existsSync(outcomes[0]!.stdout.trim())).toBe(true);
  expect(cached()).toHaveLength(1);
});

test('a build that is cut leaves no tool, and the next run builds it whole', async () => {
  // An empty compiler cache makes the build long enough to be cut.
  const env = { GOCACHE: path.join(cache, 'go') };
  const first = ask(env, 'berth');
  await until('the compiler to be at work', () => cached().some((name) => name.endsWith('.building')));
  process.kill(-first.pid, 'SIGKILL');
  await first.outcome;
  expect(cached().filter((name) => !name.endsWith('.building'))).toEqual([]);
  const second = await ask({}, 'berth').outcome;
  expect(second.code).toBe(0);
  expect(cached()).toEqual([path.basename(path.dirname(second.stdout.trim()))]);
  expect(spawnSync(second.stdout.trim(), []).stderr.toString()).toContain('usage: berth');
});

test('a failed build shows the last lines of the compiler and leaves nothing', async () => {
  const { code, stderr } = await ask({ GOFLAGS: '-tags=,,broken -overlay=/no/such/file' }, 'pause').outcome;
  expect(code).toBe(1);
  expect(stderr).toContain('TOOL_BUILD_FAILED at go build of berth, pause');
  expect(stderr).toContain('/no/such/file');
  expect(cached()).toEqual([]);
});

test('without Go it says what to install', async () => {
  const folder = path.join(cache, 'path');
  mkdirSync(folder);
  const { code, stderr } = await ask({ PATH: `${folder}:/usr/bin:/bin` }, 'pause').outcome;
  expect(code).toBe(1);
  expect(stderr).toContain('NO_GO');
  expect(stderr).toContain('DRYDOCK_TOOLS_DIR');
});

test('on a full disk it refuses before it builds', async () => {
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', cache]);
  try {
    const { code, stderr } = await ask({}, 'pause').outcome;
    expect(code).toBe(1);
    expect(stderr).toContain('DISK_FULL');
    expect(stderr).toContain('DRYDOCK_CACHE');
  } finally {
    spawnSync('umount', [cache]);
  }
});

test('ready binaries are taken from DRYDOCK_TOOLS_DIR, and a missing one is named', async () => {
  writeFileSync(path.join(cache, 'kubectl'), '#!/bin/sh\n');
  chmodSync(path.join(cache, 'kubectl'), 0o755);
  const found = await ask({ DRYDOCK_TOOLS_DIR: cache }, 'kubectl').outcome;
  expect(found.stdout.trim()).toBe(path.join(cache, 'kubectl'));
  const missing = await ask({ DRYDOCK_TOOLS_DIR: cache }, 'helm-4').outcome;
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(`TOOL_MISSING at DRYDOCK_TOOLS_DIR=${cache}`);
  expect(missing.stderr).toContain('helm-4');
});

test('a name that nothing builds is refused with the names there are', async () => {
  const { code, stderr } = await ask({}, 'helm-5').outcome;
  expect(code).toBe(1);
  expect(stderr).toContain('TOOL_UNKNOWN');
  expect(stderr).toContain('helm-4, ');
});
