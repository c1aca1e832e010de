import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { type Cluster, sharedCluster, withNamespace } from '..';
import { idle, pod } from '../testing-only/pods';

jest.setTimeout(240_000);

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** What the server says on the status channel when the command has ended. */
  readonly status: { readonly status?: string; readonly reason?: string };
}

/** The exec protocol by hand: each message begins with the number of its channel. */
function execute(cluster: Cluster, podPath: string, command: readonly string[]): Promise<Outcome> {
  const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': ca } = config.clusters[0]!.cluster;
  const { user } = config.users[0]!;
  const query = new URLSearchParams([
    ['stdout', 'true'],
    ['stderr', 'true'],
    ...command.map((word): [string, string] => ['command', word]),
  ]);
  const socket = new WebSocket(
    `${server.replace('https', 'wss')}${podPath}/exec?${query}`,
    ['v5.channel.k8s.io'],
    {
      ca: Buffer.from(ca, 'base64'),
      cert: Buffer.from(user['client-certificate-data'], 'base64'),
      key: Buffer.from(user['client-key-data'], 'base64'),
    },
  );
  const channels: Record<number, string> = { 1: '', 2: '', 3: '' };
  socket.on('message', (data: Buffer) => {
    channels[data[0]!] += data.subarray(1).toString('utf8');
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () =>
      resolve({ stdout: channels[1]!, stderr: channels[2]!, status: JSON.parse(channels[3]!) }),
    );
  });
}

test('exec over WebSocket returns both outputs and the status of the command', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(pod('target', idle));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/target', '--timeout=60s']);
    const podPath = `/api/v1/namespaces/${namespace.name}/pods/target`;
    expect(await execute(cluster, podPath, ['sh', '-c', 'echo out; echo err >&2'])).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      status: expect.objectContaining({ status: 'Success' }),
    });
    const failed = await execute(cluster, podPath, ['sh', '-c', 'exit 7']);
    expect(failed.status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
    expect(JSON.stringify(failed.status)).toContain('"7"');
  });
});
