import { BUSYBOX_IMAGE, type KubernetesMinor, startCluster } from '../../cluster';
import { notOurs, tryLoosenings } from './admission';
import { AdminInstallation } from './installation';
import { installPolicyAlone } from './policy-alone';

jest.setTimeout(900_000);

describe.each<KubernetesMinor>(['1.33', '1.36'])('on Kubernetes %s', (version) => {
  test('the policy admits the template and denies every loosening', async () => {
    const cluster = await startCluster({ controlPlaneOnly: true, version });
    try {
      const installation = new AdminInstallation(cluster, BUSYBOX_IMAGE);
      await installPolicyAlone(installation);
      expect(await installation.tryToCreate(installation.job())).toMatchObject({ status: 201 });
      expect(await installation.tryToCreate(installation.pod())).toMatchObject({ status: 201 });
      expect(notOurs(await tryLoosenings(installation), installation.policyName)).toEqual([]);
    } finally {
      await cluster.stop();
    }
  });
});
