import type { Json, JsonObject } from '../../core/template';
import type { Job } from '../../imports/k8s';
import { checkSeconds } from '../amounts';
import { asArgument, checkGiven, checkOptions } from '../arguments';
import { SandboxError } from '../errors';
import type { ClaimOptions } from '../options';
import { randomName } from './random-name';
import type { JobOf } from './template-source';

/** The Job of a run: the template evaluated, and not a field more. */
export function planJob(
  jobOf: JobOf,
  namespace: string,
  options: ClaimOptions<object>,
  more: JsonObject = {},
): Job {
  checkOptions({ where: 'claim' }, options, { values: 'object', labels: 'object' });
  const { ttl, labels } = options;
  const values = { ...(options.values as JsonObject | undefined) };
  const name = values.name ?? randomName('sandbox');
  checkGiven({ where: 'claim' }, 'values.name', name, 'name');
  const run: Record<string, Json> = { ...values, name, ...more };
  if (ttl !== undefined) run.deadlineSeconds = checkSeconds({ where: 'claim' }, 'ttl', ttl);
  if (labels !== undefined) run.labels = { ...(values.labels as JsonObject | undefined), ...labels };
  const job = asArgument(() => jobOf(run));
  const made = job.metadata?.namespace ?? namespace;
  if (made === namespace) return job;
  throw new SandboxError('ArgumentInvalid', {
    where: 'new Sandboxes({ namespace })',
    found: namespace,
    expected: `the namespace of the template, ${made}`,
    remedy: 'Give that one: the Role and the admission policy are there.',
  });
}
