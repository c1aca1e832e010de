import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../cluster';
import { hasEnded, standsStill } from '../../test/support/threads';
import { SupervisedCommands } from '../commands';
import { type LocalSupervisor, localSupervisor } from './testing-only/local-supervisor';
import { livingWhere } from './testing-only/marked-processes';

jest.setTimeout(120_000);

let folder: string;
let local: LocalSupervisor;
let commands: SupervisedCommands;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-reaper-'));
  local = await localSupervisor(folder);
  commands = new SupervisedCommands(local.supervisor);
});
afterEach(async () => {
  await local.supervisor.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The children of a process that live. */
function childrenOf(parent: number): number[] {
  return livingWhere((process) => {
    const [, above] = /\) \S (\d+)/.exec(readFileSync(`${process}/stat`, 'utf8'))!;
    return Number(above) === parent && !hasEnded(Number(path.basename(process)));
  });
}

const reapers = () => childrenOf(local.process.pid!);

function end(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // One that was one too many may have ended by itself just now.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

test('idle reapers that are killed cost nothing: the next command runs, and the sandbox stays', async () => {
  await Promise.all([1, 2, 3].map((code) => commands.run(['sh', '-c', `exit ${code}`])));
  await until('reapers to wait', () => reapers().length >= 3);
  for (const _again of [1, 2, 3]) {
    end(reapers());
    await until('them to be gone', () => reapers().length === 0);
    const results = await Promise.all(
      [4, 5, 6, 7].map((code) => commands.run(['sh', '-c', `cat; exit ${code}`], { stdin: 'input' })),
    );
    expect(results.map(({ exitCode, stdout }) => [exitCode, stdout.text])).toEqual(
      [4, 5, 6, 7].map((code) => [code, 'input']),
    );
  }
  expect(local.host.destroyed).toEqual([]);
});

test('a reaper that stands still and is killed with the request unread: its command has not begun, and the sandbox stays', async () => {
  await commands.run(['true']);
  await until('a reaper to wait', () => reapers().length >= 1);
  const idle = reapers();
  for (const pid of idle) process.kill(pid, 'SIGSTOP');
  await until('them to stand still', () => idle.every(standsStill));
  const running = commands.run(['touch', 'begun']);
  await new Promise((resolve) => setTimeout(resolve, 100));
  end(idle);
  await expect(running).rejects.toMatchObject({
    code: 'CommandNotStarted',
    retryable: true,
    found: expect.stringContaining('REAPER_GONE'),
  });
  expect(readdirSync(folder)).toEqual([]);
  expect(local.host.destroyed).toEqual([]);
  // Another that stood still may take the next command while it is still ending.
  await until('all of them to be gone', () => !reapers().some((pid) => idle.includes(pid)));
  expect((await commands.run(['touch', 'begun'])).ok).toBe(true);
});

test('a reaper that is killed beside its command costs the sandbox, as before: nobody knows what lives on', async () => {
  const handle = await commands.start(['sleep', '1000']);
  await handle.events.return();
  end(reapers().filter((pid) => childrenOf(pid).length > 0));
  expect(await handle.wait()).toMatchObject({ outcome: 'podLost' });
  expect(local.host.destroyed).toHaveLength(1);
});
