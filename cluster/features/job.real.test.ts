import { sharedCluster, until, withNamespace } from '..';
import { podSpec } from '../testing-only/pods';

jest.setTimeout(240_000);

function job(name: string, spec: object): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { template: { spec: podSpec(['true'], { spec: { restartPolicy: 'Never' } }) }, ...spec },
  };
}

test('a finished Job with ttlSecondsAfterFinished goes away by itself, one without stays', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    await namespace.apply(job('brief', { ttlSecondsAfterFinished: 1 }), job('lasting', {}));
    await namespace.kubectl(['wait', '--for=condition=Complete', 'job/lasting', '--timeout=60s']);
    await until('the Job with a time to live to go', async () => {
      const { stdout } = await namespace.kubectl(['get', 'jobs', '-o', 'name']);
      return stdout.trim() === 'job.batch/lasting';
    });
  });
});
