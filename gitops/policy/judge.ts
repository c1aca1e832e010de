import { check, type Finding, type Waiver } from '../../check';
import type { KubeObject } from '../../kube';
import type { Policy } from '../api/policy';
import { GitopsError } from '../errors';

/** What a policy says of a set of objects. */
export interface Judgement {
  readonly mode: Policy['mode'];
  readonly findings: readonly Finding[];
}

const REMEMBERED = 512;
const TOLD = 10;

/** Looks at sets of objects, and remembers what it has found: the same folder is asked about again and again. */
export class Judge {
  readonly #known = new Map<string, readonly Finding[]>();

  /** @param id says the content of the set */
  judge(id: string, objects: readonly KubeObject[], policy: Policy, now: Date): Judgement {
    const { mode, level = 'restricted' } = policy;
    const today = now.toISOString().slice(0, 10);
    const waivers = (policy.exceptions ?? [])
      .filter(({ until }) => until >= today)
      .map(({ until: _until, ...waiver }) => waiver as Waiver);
    const key = JSON.stringify([id, level, waivers]);
    const findings =
      this.#known.get(key) ?? check(objects.map(inNumbers), { level, waivers }).filter(isOfAnObject);
    this.#known.delete(key);
    this.#known.set(key, findings);
    if (this.#known.size > REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    return { mode, findings };
  }
}

/** Rules know numbers of JavaScript. What is sent to the cluster keeps all digits of an integer. */
function inNumbers(object: KubeObject): KubeObject {
  const text = JSON.stringify(object, (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return JSON.parse(text) as KubeObject;
}

/** An exception that is no longer needed must not stop the commit that has mended what it was for. */
function isOfAnObject({ rule }: Finding): boolean {
  return rule !== 'waiver-unused';
}

export function inWords({ findings }: Judgement): string {
  if (findings.length === 0) return 'nothing was found';
  const told = findings
    .slice(0, TOLD)
    .map(({ rule, object, field, why, fix }) => `${rule} at ${object} ${field}: ${why} ${fix}`);
  const more = findings.length > TOLD ? ` and ${findings.length - TOLD} more` : '';
  return `${findings.length} finding(s): ${told.join(' ')}${more}`;
}

/** Refuses a set in which a strict policy has found something. */
export function requireGood(judgement: Judgement): void {
  if (judgement.mode !== 'strict' || judgement.findings.length === 0) return;
  throw new GitopsError('POLICY_DENIED', {
    where: 'the rules of `spec.policy`',
    found: inWords(judgement),
    expected: 'none, as the policy is strict',
    remedy:
      'mend the manifests and push again, or name an exception with a reason and an end in `spec.policy.exceptions`',
  });
}
