import { ciFixerAdminValues, ciFixerSandbox } from '../../charts';
import { BUSYBOX_IMAGE, startCluster } from '../../cluster';
import { deniedBy, notOurs, tryLoosenings } from '../../test/sandbox/admission';
import { samplesOf } from '../../test/sandbox/bound-samples';
import { changed } from '../../test/sandbox/change';
import { AdminInstallation } from '../../test/sandbox/installation';
import { installPolicyAlone } from '../../test/sandbox/policy-alone';
import { tryUpdates } from '../../test/sandbox/updates';

// What `test/sandbox/admission.real.test.ts` asks of the policy, on a control plane of a few seconds and in one test, so
// that Stryker sees what is reached. No project of jest runs this file.

jest.setTimeout(300_000);

test('an API server denies every loosening and loosening update, and holds both ends of every bound', async () => {
  await using cluster = await startCluster({ controlPlaneOnly: true });
  const installation = new AdminInstallation(cluster, BUSYBOX_IMAGE);
  await installPolicyAlone(installation);
  expect(await installation.tryToCreate(installation.job({}))).toMatchObject({ status: 201 });
  expect(notOurs(await tryLoosenings(installation), installation.policyName)).toEqual([]);
  const { bounds } = ciFixerSandbox(ciFixerAdminValues);
  const wrong: string[] = [];
  for (const [path, bound] of Object.entries(bounds)) {
    const { inside, outside } = samplesOf(path, bound);
    const tries = [
      ...inside.map((one) => [true, one] as const),
      ...outside.map((one) => [false, one] as const),
    ];
    for (const [isInside, changes] of tries) {
      const { admitted } = await installation.tryToCreate(changed(installation.job(), changes));
      if (admitted !== isInside) wrong.push(`${path}: ${JSON.stringify(changes).slice(0, 200)}`);
    }
  }
  for (const { update, answer } of await tryUpdates(installation, false)) {
    const { of, title, field } = update;
    const by = field ? deniedBy({ field, answer }, installation.policyName) : answer.message;
    if (by !== (field ? 'policy' : '')) wrong.push(`${of} ${title}: ${by}`);
  }
  expect(wrong).toEqual([]);
});
