import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { SupervisedCommands } from './commands';

jest.setTimeout(120_000);

let folder: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-commands-'));
  local = await localSupervisor(folder);
  commands = new SupervisedCommands(local.supervisor);
});
afterAll(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a command ends with its own output and code', async () => {
  const result = await commands.run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  expect(result).toMatchObject({ outcome: 'exited', exitCode: 7, signal: undefined, truncated: false });
  expect([result.stdout.text, result.stderr.text]).toEqual(['out\n', 'err\n']);
  expect(result.ok).toBe(false);
  expect((await commands.run(['true'])).ok).toBe(true);
});
