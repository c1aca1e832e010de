import type { Job } from '../../imports/k8s';
import type { JsonPatch, Stored } from '../../kube';

/** A step of a patch that does not hold, in the words of the API server. */
export class PatchRefused extends Error {}

/** A JSON patch of a Job as the API server applies it: all of it or nothing, and what is not there is null. */
export function patched(job: Stored<Job>, change: JsonPatch): Stored<Job> {
  const copy = {
    ...job,
    metadata: { ...job.metadata, labels: { ...job.metadata.labels } },
    spec: { ...job.spec },
    status: { ...job.status },
  };
  for (const one of change) {
    if (!('path' in one)) throw new Error('a step that no pool makes');
    const keys = one.path.slice(1).split('/').map(unescaped);
    const last = keys.pop()!;
    let at = copy as unknown as Record<string, unknown>;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    if (one.op === 'test') {
      if ((at[last] ?? null) !== one.value)
        throw new PatchRefused(`testing value ${one.path} failed: test failed`);
    } else if (one.op === 'remove') delete at[last];
    else if ('value' in one) at[last] = one.value;
  }
  return copy as Stored<Job>;
}

function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
