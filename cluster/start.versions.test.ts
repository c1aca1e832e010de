import { startCluster } from '.';
import { type KubernetesMinor, kubernetesVersions } from './tools/catalog';

jest.setTimeout(900_000);

for (const minor of ['1.33', '1.36'] satisfies KubernetesMinor[]) {
  test(`a control plane of Kubernetes ${minor} answers with its own version`, async () => {
    await using cluster = await startCluster({ controlPlaneOnly: true, version: minor });
    const version = await cluster.api.call<{ gitVersion: string }>('GET', '/version');
    expect(version.gitVersion).toBe(`v${kubernetesVersions[minor]}`);
    const configMap = { metadata: { name: 'there' } };
    await cluster.api.call('POST', '/api/v1/namespaces/default/configmaps', { body: configMap });
  });
}
