import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SupervisedCommands } from './commands';
import { statsOf } from './stats';
import { HostilePeer, onOpen } from './supervisor/testing-only/hostile-peer';
import { localSupervisor } from './supervisor/testing-only/local-supervisor';

// The real program; in a container the numbers of its own cgroup: test/sandbox-runtime.

jest.setTimeout(180_000);

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'drydock-stats-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a command tells what all its processes took, and the largest of them', async () => {
  const { supervisor } = await localSupervisor(folder);
  const commands = new SupervisedCommands(supervisor);
  const busy = 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done';
  const { usage: idle } = await commands.run(['true']);
  // All of it in a process that nobody waits for but the reaper, and that ends before the command does.
  const { usage } = await commands.shell(`mkfifo told; sh -c '(${busy}; echo x >told) &'; read x <told`);
  expect(usage!.cpuMs).toBeGreaterThan(idle!.cpuMs + 20);
  expect(usage!.peakMemoryBytes).toBeGreaterThan(100_000);
  const large = await commands.run(['sh', '-c', 'head -c 30000000 /dev/zero | tail -c 29000000 >/dev/null']);
  expect(large.usage!.peakMemoryBytes).toBeGreaterThan(28_000_000);
  await supervisor.close();
});

test('stats tell the disk as blocks: holes take none, and a file with two names is one', async () => {
  const { supervisor } = await localSupervisor(folder);
  const commands = new SupervisedCommands(supervisor);
  const before = await statsOf(supervisor, 'local');
  writeFileSync(path.join(folder, 'file'), Buffer.alloc(3_000_000, 1));
  await commands.shell('ln file again; truncate -s 1G holes; mkdir -p in/in; sync');
  const after = await statsOf(supervisor, 'local');
  expect(after.diskBytes - before.diskBytes).toBeGreaterThanOrEqual(3_000_000);
  expect(after.diskBytes - before.diskBytes).toBeLessThan(6_000_000);
  expect(after.isPartial).toBe(false);
  await supervisor.close();
});

test('without a supervisor there are none, and what is no number is not believed', async () => {
  await expect(statsOf(undefined, 'local')).rejects.toMatchObject({ code: 'Unsupported' });
  const peer = await HostilePeer.open();
  onOpen(peer, (channel) => peer.done(channel, { result: { diskBytes: 'many' } }));
  await expect(statsOf(peer.supervisor, 'local')).rejects.toMatchObject({ code: 'SupervisorProtocol' });
});
