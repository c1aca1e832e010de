import { needs } from '../test/support/needs';
import { startCluster } from '.';
import { type KubernetesMinor, kubernetesVersions } from './tools/catalog';

jest.setTimeout(900_000);

const asked = needs({
  met: () => process.env.DRYDOCK_ALL_VERSIONS === '1',
  why: 'other API servers are built only when asked for',
  how: 'set DRYDOCK_ALL_VERSIONS=1 (building each takes some minutes once)',
});

for (const minor of ['1.33', '1.36'] satisfies KubernetesMinor[]) {
  asked.test(`a control plane of Kubernetes ${minor} answers with its own version`, async () => {
    await using cluster = await startCluster({ controlPlaneOnly: true, version: minor });
    const version = await cluster.api.call<{ gitVersion: string }>('GET', '/version');
    expect(version.gitVersion).toBe(`v${kubernetesVersions[minor]}`);
    const configMap = { metadata: { name: 'there' } };
    await cluster.api.call('POST', '/api/v1/namespaces/default/configmaps', { body: configMap });
  });
}
