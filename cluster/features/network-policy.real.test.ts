import { sharedCluster, type TestNamespace, until, withNamespace } from '..';
import { httpServer, idle, pod } from '../testing-only/pods';
import { reaches } from '../testing-only/reach';

jest.setTimeout(240_000);

/** Lets the pods with this label open no connection at all. */
function denyEgress(app: string): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `deny-${app}` },
    spec: { podSelector: { matchLabels: { app } }, policyTypes: ['Egress'], egress: [] },
  };
}

async function addressOf(namespace: TestNamespace, name: string): Promise<string> {
  return (await namespace.get<{ status: { podIP: string } }>('pod', name)).status.podIP;
}

/** Open before the policy, closed after it, and all the while open for a pod that the policy does not select. */
async function closes(
  namespace: TestNamespace,
  target: { readonly host: string; readonly port: number },
): Promise<void> {
  await until(`${target.host} to answer`, () => reaches(namespace, 'walled', target.host, target.port));
  await namespace.apply(denyEgress('walled'));
  await until(
    `${target.host} to be closed for the selected pod`,
    async () => !(await reaches(namespace, 'walled', target.host, target.port)),
  );
  expect(await reaches(namespace, 'free', target.host, target.port)).toBe(true);
}

async function withClients(body: (namespace: TestNamespace) => Promise<void>): Promise<void> {
  await withNamespace(await sharedCluster(), async (namespace) => {
    await namespace.apply(pod('walled', idle), pod('free', idle), pod('server', httpServer));
    await namespace.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s']);
    await body(namespace);
  });
}

test('a NetworkPolicy closes the way from pod to pod', async () => {
  await withClients(async (namespace) => {
    await closes(namespace, { host: await addressOf(namespace, 'server'), port: 8080 });
  });
});

test('a NetworkPolicy closes the way to the address of the node', async () => {
  const host = (await sharedCluster()).nodeAddress();
  // The kubelet's port: it answers everyone, if only to ask for TLS.
  await withClients((namespace) => closes(namespace, { host, port: 10250 }));
});

test('a NetworkPolicy closes the way to the API server', async () => {
  await withClients((namespace) => closes(namespace, { host: '10.96.0.1', port: 443 }));
});

test('a policy that allows DNS by the usual labels lets names be resolved and nothing else', async () => {
  await withClients(async (namespace) => {
    const allowDns = {
      ...denyEgress('walled'),
      spec: {
        podSelector: { matchLabels: { app: 'walled' } },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
                podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
              },
            ],
            ports: [{ port: 53, protocol: 'UDP' }],
          },
        ],
      },
    };
    await namespace.apply(allowDns);
    const host = await addressOf(namespace, 'server');
    await until('the policy to hold', async () => !(await reaches(namespace, 'walled', host, 8080)));
    const name = 'kubernetes.default.svc.cluster.local';
    const { stdout } = await namespace.kubectl(['exec', 'walled', '--', 'nslookup', name]);
    expect(stdout).toContain('10.96.0.1');
  });
});
