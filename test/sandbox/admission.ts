import type { JsonObject } from '../../core/template';
import { type Changes, changed } from './change';
import type { AdminInstallation, Answer } from './installation';
import { JOB_LOOSENINGS } from './job-loosenings';
import type { Loosening } from './loosening';
import { BARE_POD_LOOSENINGS, POD_LOOSENINGS } from './loosenings';

/** What became of one loosening. */
export interface Attempt {
  readonly kind: 'Job' | 'Pod';
  readonly title: string;
  /** What the denial has to name. */
  readonly field: string;
  readonly answer: Answer;
}

/** Tries every loosening as a Job and as a bare pod. */
export async function tryLoosenings(installation: AdminInstallation): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const attempt = async (kind: Attempt['kind'], field: string, loosening: Loosening, object: JsonObject) => {
    const title = loosening.note ? `${loosening.field} (${loosening.note})` : loosening.field;
    attempts.push({ kind, title, field, answer: await installation.tryToCreate(object) });
  };
  for (const loosening of POD_LOOSENINGS) {
    const inJob = changed(installation.job(), inTemplate(loosening.changes));
    await attempt('Job', `spec.template.${loosening.field}`, loosening, inJob);
    await attempt('Pod', loosening.field, loosening, changed(installation.pod(), loosening.changes));
  }
  for (const loosening of JOB_LOOSENINGS) {
    await attempt('Job', loosening.field, loosening, changed(installation.job(), loosening.changes));
  }
  for (const loosening of BARE_POD_LOOSENINGS) {
    await attempt('Pod', loosening.field, loosening, changed(installation.pod(), loosening.changes));
  }
  return attempts;
}

function inTemplate(changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).map(([path, value]) => [`spec.template.${path}`, value]));
}

/** The attempts that our policy did not refuse by the field that was loosened, each with what became of it. */
export function notOurs(attempts: readonly Attempt[], policyName: string): string[] {
  return attempts.flatMap((attempt) => {
    const by = deniedBy(attempt, policyName);
    return by === 'policy' ? [] : [`${attempt.kind} ${attempt.title}: ${by}`];
  });
}

/** Who refused: our policy with the field, or somebody who comes before it. */
export function deniedBy({ answer, field }: Pick<Attempt, 'answer' | 'field'>, policyName: string): string {
  if (answer.admitted) return 'ADMITTED';
  const ours = `ValidatingAdmissionPolicy '${policyName}' with binding '${policyName}' denied request: ${field}`;
  if (answer.message.includes(`${ours}:`) || answer.message.includes(`${ours},`)) return 'policy';
  if (answer.message.includes(policyName)) return `policy, but another field: ${answer.message}`;
  if (answer.message.includes('violates PodSecurity')) return 'Pod Security';
  if (/maximum .* usage per Pod/.test(answer.message)) return 'LimitRange';
  return answer.status === 422 ? `validation: ${answer.message}` : answer.message;
}
