import { sharedCluster } from '../../cluster';
import type { Sandbox } from '../../sandbox';
import { type Relay, relayTo } from '../support/relay';
import { RuntimeInstallation } from './runtime';

// In a real container, where what outlives its supervisor is a child of the runtime's shim, over a way that is cut.

jest.setTimeout(240_000);

let installation: RuntimeInstallation;
let relay: Relay;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  relay = await relayTo(installation.apiPort);
});
afterAll(async () => {
  await relay?.close();
  await installation?.remove();
});

/** Appends to a file that it ran, then a line each moment until it is told to end. */
const SCRIPT = 'echo ran >>runs; i=0; while [ ! -e go ]; do i=$((i+1)); echo $i; sleep 0.1; done; exit 5';

test('a detached command is not run again when its connection is cut, and is found by its id with the output from where it was', async () => {
  const over = installation.sandboxes({ kubeconfig: installation.kubeconfigOverPort(relay.port) });
  const values = installation.run();
  let again: Sandbox | undefined;
  try {
    const sandbox = await over.claim({ values, ttl: 600, orphanTtl: 120 });
    const build = await sandbox.commands.start(['sh', '-c', SCRIPT], { detached: true, commandId: 'build' });
    const { value } = await build.events.next();
    if (value?.type !== 'stdout') throw new Error(JSON.stringify(value));
    const read = value.bytes.length;
    expect(relay.cut()).toBeGreaterThan(0);
    expect((await build.wait()).outcome).toBe('connectionLost');
    // Another program would say the same.
    again = await over.attach(sandbox.id, { orphanTtl: 120 });
    expect(await again.commands.list()).toMatchObject([{ id: 'build', isRunning: true }]);
    const found = await again.commands.attach('build', { offsets: { stdout: read } });
    await again.files.write('go', '');
    const { exitCode, stdout } = await found.wait();
    const whole = (await (await again.commands.attach('build')).wait()).stdout.text;
    expect([exitCode, Buffer.from(value.bytes).toString() + stdout.text]).toEqual([5, whole]);
    expect((await again.files.read('runs')).toString()).toBe('ran\n');
    // What the kernel does not tell is not made up.
    const stats = await again.stats();
    expect([undefined, 64 * 1024 * 1024]).toContain(stats.memoryLimitBytes);
    expect(stats.diskBytes).toBeGreaterThan(0);
  } finally {
    await again?.close();
    await over.close();
  }
});
