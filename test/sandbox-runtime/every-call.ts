import type { Sandboxes } from '../../sandbox';
import type { RuntimeInstallation } from './runtime';

/** Does once whatever the runtime can do. The quota of the installation must be below 3Gi of memory. */
export async function useEverything(installation: RuntimeInstallation, sandboxes: Sandboxes): Promise<void> {
  const values = installation.run();
  const sandbox = await sandboxes.claim({ values, ttl: 120 });
  await sandbox.commands.run(['true']);
  await sandbox.files.write('file', 'content');
  await sandbox.logs();
  await sandbox.extend(300);
  const entered = await sandboxes.attach(sandbox.id);
  await entered.release();
  await sandboxes.list();
  const job = await sandboxes.job({ values, command: ['echo', 'seen'], files: { input: 'x' }, ttl: 120 });
  await job.outcome();
  await (await sandboxes.findJob(job.id)).outcome();
  // A pod that is refused is explained by events.
  const tooMuch = sandboxes.claim({ values: installation.run({ memory: '3Gi' }), ttl: 120 });
  const refusal = await tooMuch.catch((error: unknown) => error);
  if ((refusal as { code?: unknown }).code !== 'QuotaExceeded') throw refusal;
  // A Job that was deleted while a command ran is asked for.
  const running = sandbox.commands.run(['sleep', '600']);
  await sandboxes.end(sandbox.id);
  await running;
  await loseSupervisor(installation, sandboxes);
  await waitForPod(installation);
  await sandboxes.collect();
  await sandboxes.preflight({ values });
}

/** A stream that ends while the pod lives: the pod itself is asked. */
async function loseSupervisor(installation: RuntimeInstallation, sandboxes: Sandboxes): Promise<void> {
  const sandbox = await sandboxes.claim({ values: installation.run(), ttl: 120 });
  // Every process but the first one, which nothing in its own namespace can end.
  const { outcome } = await sandbox.commands.shell('kill -9 -1');
  if (outcome !== 'connectionLost') throw new Error(`expected a lost supervisor, found ${outcome}`);
  await sandbox.close();
}

/** Nobody makes a pod, and nobody says why: events are waited for. */
async function waitForPod(installation: RuntimeInstallation): Promise<void> {
  const impatient = installation.sandboxes({ startTimeoutMs: 3_000 });
  await installation.cluster.pause('controller-manager');
  try {
    const claim = impatient.claim({ values: installation.run(), ttl: 120 });
    const refusal = (await claim.catch((error: unknown) => error)) as { code?: unknown; found?: string };
    if (refusal.code !== 'StartTimeout' || !refusal.found?.startsWith('no pod')) throw refusal;
  } finally {
    await installation.cluster.resume('controller-manager');
    await impatient.close();
  }
}
