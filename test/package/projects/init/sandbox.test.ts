import { readFileSync } from 'node:fs';
import { SandboxError, Sandboxes } from 'cdk8s-drydock/sandbox';

const given = (name: string) => process.env[name] as string;

test('a sandbox of a real cluster runs a command', async () => {
  const sandboxes = new Sandboxes({
    template: readFileSync(given('SANDBOX_TEMPLATE'), 'utf8'),
    namespace: given('SANDBOX_NAMESPACE'),
  });
  try {
    const sandbox = await sandboxes.claim({ values: { image: given('SANDBOX_IMAGE') }, ttl: 120 });
    expect(sandbox.isSupervised).toBe(true);
    const result = await sandbox.commands.run(['cat'], { stdin: 'hello' });
    expect([result.outcome, result.exitCode, result.stdout.text]).toEqual(['exited', 0, 'hello']);
    await sandbox.files.write('file', 'content');
    expect((await sandbox.files.read('file')).toString()).toBe('content');
    const handle = await sandbox.commands.start(['echo', 'event']);
    const first = await handle.events.next();
    expect(first.value?.type).toBe('stdout');
    await handle.close();
    const refused = sandboxes.claim({ values: { image: 'evil.example.com/miner:1' } });
    await expect(refused).rejects.toBeInstanceOf(SandboxError);
    await sandbox.close();
    expect(await sandboxes.list()).toEqual([]);
  } finally {
    await sandboxes.close();
  }
}, 120_000);
