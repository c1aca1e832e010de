import { sharedCluster, until, withNamespace } from '..';
import { answersHttp } from '../testing-only/answers-http';
import { httpServer, idle, pod, service } from '../testing-only/pods';
import { reaches } from '../testing-only/reach';

jest.setTimeout(240_000);

const page = ['sh', '-c', 'echo hello > /www/index.html && exec httpd -f -p 8080 -h /www'];
const volume = {
  container: { volumeMounts: [{ name: 'www', mountPath: '/www' }] },
  spec: { volumes: [{ name: 'www', emptyDir: {} }] },
};

test('a Service is found by its name and leads to its pods', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    await namespace.apply(pod('web', httpServer), pod('client', idle), service('front', 'web'));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s']);
    const { spec } = await namespace.get<{ spec: { clusterIP: string } }>('service', 'front');
    const name = `front.${namespace.name}.svc.cluster.local`;
    const resolve = (asked: string) =>
      namespace.kubectl(['exec', 'client', '--', 'nslookup', asked], { allowFailure: true });
    await until('the name to resolve', async () => (await resolve(name)).stdout.includes(spec.clusterIP));
    expect((await resolve(`missing.${namespace.name}.svc.cluster.local`)).code).not.toBe(0);
    await until('the Service to lead to the pod', () => reaches(namespace, 'client', spec.clusterIP, 80));
  });
});

test('a NodePort is reached from this machine through the doorway, and only there', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(pod('web', page, volume), service('door', 'web', { type: 'NodePort' }));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=60s']);
    const { spec } = await namespace.get<{ spec: { ports: { nodePort: number }[] } }>('service', 'door');
    const { nodePort } = spec.ports[0]!;
    const outside = await cluster.nodePort(nodePort);
    await until('the node port to answer', () => answersHttp(outside, '/'));
    expect(await (await fetch(`http://127.0.0.1:${outside}/`)).text()).toBe('hello\n');
    // The node's own port is not one of this machine.
    expect(await answersHttp(nodePort, '/')).toBe(false);
  });
});

test('who asked a node port before anything answered is answered as soon as something does', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    await namespace.apply(service('door', 'web', { type: 'NodePort' }));
    const { spec } = await namespace.get<{ spec: DoorSpec }>('service', 'door');
    // The machine uses its ports again and again; this one comes twice.
    const ask = async () => {
      const to = [cluster.nodeAddress(), String(spec.ports[0]?.nodePort)];
      const { stdout } = await cluster.run(process.execPath, ['-e', ASK, ...to]);
      return stdout.trim();
    };
    expect(await ask()).toBe('ECONNREFUSED');
    await namespace.apply(pod('web', page, volume));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=60s']);
    const inside = await cluster.forward(spec.clusterIP, 80);
    await until('the Service to lead to the pod', () => answersHttp(inside, '/'));
    expect(await ask()).toBe('open');
  });
});

interface DoorSpec {
  readonly clusterIP: string;
  readonly ports: readonly { readonly nodePort: number }[];
}

const ASK = `
const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect({ host, port, localPort: 61_999 });
socket.on('connect', () => { console.log('open'); socket.destroy(); });
socket.on('error', ({ code }) => console.log(code));
`;
