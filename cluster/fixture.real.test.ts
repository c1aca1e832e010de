import { sharedCluster, until, withNamespace } from '.';
import { pod } from './testing-only/pods';

jest.setTimeout(240_000);

async function isGone(name: string): Promise<boolean> {
  const cluster = await sharedCluster();
  return (await cluster.api.send('GET', `/api/v1/namespaces/${name}`)).status === 404;
}

test('a passing test leaves no report and no namespace', async () => {
  const reports: string[] = [];
  const name = await withNamespace(await sharedCluster(), async (namespace) => namespace.name, {
    report: (text) => reports.push(text),
  });
  expect(reports).toEqual([]);
  await until('the namespace to be gone', () => isGone(name));
});

test('a failing test shows events, pods and logs, keeps its own error, and leaves no namespace', async () => {
  let name = '';
  let report = '';
  const failing = withNamespace(
    await sharedCluster(),
    async (namespace) => {
      name = namespace.name;
      await namespace.apply(
        pod('talker', ['sh', '-c', 'echo the last words; sleep 3600']),
        pod('imageless', ['true'], {
          container: { image: 'localhost/no-such-image:1', imagePullPolicy: 'Never' },
        }),
      );
      await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/talker', '--timeout=60s']);
      await until('the other to fail', async () => {
        const { stdout } = await namespace.kubectl(['get', 'events']);
        return stdout.includes('ErrImageNeverPull');
      });
      throw new Error('what the test expected');
    },
    {
      report: (text) => {
        report += text;
      },
    },
  );
  await expect(failing).rejects.toThrow('what the test expected');
  expect(report).toContain('the last words');
  expect(report).toMatch(/imageless +0\/1 +ErrImageNeverPull/);
  expect(report).toContain('Container image "localhost/no-such-image:1" is not present');
  await until('the namespace to be gone', () => isGone(name));
});
