import type { Write } from '../../kube';

/** What a server answers and keeps nothing of: whether the caller may do something. */
const QUESTION = /^\/apis\/authorization\.k8s\.io\/v1\/(selfsubjectaccessreviews|selfsubjectrulesreviews)$/;

/** For `mayWrite` of a connection that looks and does not write: lets dry-runs and questions pass, and nothing else. */
export function onlyDryRuns({ method, path, query }: Write): void {
  if (query?.dryRun === 'All') return;
  if (method === 'POST' && QUESTION.test(path)) return;
  throw new Error(`a preview writes nothing, and this is ${method} ${path}`);
}
