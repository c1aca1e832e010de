import type { Job } from '../../imports/k8s';
import { queueOf } from '../causes/queued';
import { SandboxError } from '../errors';

/** Refuses what is made without the queue of the template: it would go round it, or hold what the queue shares out. */
export function refuseQueue(planned: Job, where: string, what: string): void {
  const queue = queueOf(planned);
  if (queue === undefined) return;
  throw new SandboxError('Unsupported', {
    where,
    found: `${what}, of a template whose Jobs wait in queue ${queue}`,
    expected: 'Jobs that are made for their claims, or a template without a queue',
    remedy: "Leave it out, with `backend: 'jobs'`; or have a template without `queueName` for it.",
  });
}
