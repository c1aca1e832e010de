import fs from 'node:fs/promises';
import type { CommandResult } from '../commands';
import type { Sandbox } from '../sandbox';
import { encodeFrame, fromPod, PROTOCOL_VERSION } from '../supervisor/frames';
import { type ScriptedRuntime, scriptedRuntime } from '../testing-only/scripted-runtime';

/** What `sh` prints as these bytes. */
const octal = (bytes: Buffer) => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
const hello = encodeFrame(fromPod.hello, 0, JSON.stringify({ version: PROTOCOL_VERSION, cwd: '/' }));
/** Says hello, reads whatever it is sent, and answers nothing: its commands take long. */
const SLOW = `#!/bin/sh\nprintf '${octal(hello)}'\nexec cat >/dev/null\n`;

const realTimeout = setTimeout;
let runtime: ScriptedRuntime;
let sandbox: Sandbox;
let running: Promise<CommandResult>;
let outcome: string | undefined;

beforeEach(async () => {
  // In place of the one that Go compiles, and boots as that does.
  jest.spyOn(fs, 'readFile').mockResolvedValue(Buffer.from(SLOW));
  runtime = await scriptedRuntime();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'] });
  sandbox = await runtime.sandboxes.claim();
  outcome = undefined;
});
afterEach(async () => {
  jest.useRealTimers();
  if (runtime.cluster.jobs.get(sandbox.id)) runtime.cluster.cut(sandbox.id);
  await runtime.end();
  await running;
  jest.restoreAllMocks();
});

function send(): void {
  running = sandbox.commands.run(['slow']);
  void running.then((result) => {
    outcome = result.outcome;
  });
}

/** Time goes on from one ping to the next, each with a moment for what comes over the connection. */
async function pass(seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 5) {
    jest.advanceTimersByTime(5_000);
    await new Promise((resolve) => realTimeout(resolve, 20));
  }
}

test('a connection that falls silent right after a command was sent is told soon after a minute', async () => {
  runtime.cluster.silence(sandbox.id);
  send();
  await pass(55);
  expect(outcome).toBeUndefined();
  // With what its pod is given to say that it has ended.
  for (let more = 0; more < 60 && outcome === undefined; more += 5) await pass(5);
  expect(outcome).toBe('connectionLost');
});

test('a command that takes long over one that answers is waited for', async () => {
  send();
  await pass(180);
  expect(outcome).toBeUndefined();
});
