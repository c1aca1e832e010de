import type { Job } from '../../imports/k8s';
import { apiError } from '../causes/api-cause';
import type { Place } from '../claim/place';
import { SandboxError } from '../errors';
import type { Sandbox } from '../sandbox';
import { admissionPolicy, podSecurity, quota } from './admission';
import { networkPolicy, userNamespace } from './inside';
import { bad, type Finding, good, type PreflightReport } from './report';
import { rightsNotExcessive, rightsSufficient } from './rights';

/** Looks at the cluster with the eyes of the runtime's own account, then tries from inside of a sandbox. */
export async function preflight(
  { connection, namespace }: Place,
  job: Job,
  claim: () => Promise<Sandbox>,
): Promise<PreflightReport> {
  try {
    const outside = await Promise.all([
      rightsSufficient(connection, namespace),
      rightsNotExcessive(connection, namespace),
      admissionPolicy(connection, job),
      podSecurity(connection, namespace),
      quota(connection, namespace),
    ]);
    const findings = [...outside, ...(await inside(claim))];
    return { isGood: findings.every(({ verdict }) => verdict !== 'bad'), findings };
  } catch (error) {
    throw apiError(error, 'preflight');
  }
}

async function inside(claim: () => Promise<Sandbox>): Promise<Finding[]> {
  let sandbox: Sandbox;
  try {
    sandbox = await claim();
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return [bad('start', `${error.code}: ${error.found}`, error.remedy)];
  }
  try {
    const findings = await Promise.all([userNamespace(sandbox), networkPolicy(sandbox)]);
    return [good('start', 'a sandbox of the template started'), ...findings];
  } finally {
    await sandbox.close();
  }
}
