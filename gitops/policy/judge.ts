import { check, type Finding, type Waiver } from '../../check';
import type { KubeObject } from '../../kube';
import type { Policy } from '../api/policy';
import { GitopsError } from '../errors';
import { inNumbers } from './as-seen';
import type { PolicyFinding } from './engine';

export type PolicyMode = Policy['mode'];

/** What one of those that are asked says of a set of objects. */
export interface Judgement {
  /** Who says it: the name of an engine, or of the rules of `spec.policy`. */
  readonly by: string;
  readonly mode: PolicyMode;
  readonly findings: readonly PolicyFinding[];
  /** What would be found without exceptions. */
  readonly excepted?: readonly PolicyFinding[];
  /** Why there is no verdict. */
  readonly failure?: GitopsError;
}

/** Who has the rules of `spec.policy`. */
export const HOUSE = 'check';

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
    return { by: HOUSE, mode, findings };
  }
}

/** An exception that is no longer needed must not stop the commit that has mended what it was for. */
function isOfAnObject({ rule }: Finding): boolean {
  return rule !== 'waiver-unused';
}

export function inWords(judgements: readonly Judgement[]): string {
  const failures = judgements.flatMap(({ failure }) => failure?.message ?? []);
  const findings = judgements.flatMap((one) => one.findings.map((finding) => wordsOf(one, finding)));
  const stay = judgements.flatMap((one) => (one.excepted ?? []).map((finding) => placeOf(one, finding)));
  const excepted = stay.length > 0 ? [`${stay.length} may stay by exceptions: ${listed(stay)}`] : [];
  if (findings.length + failures.length === 0) return ['nothing was found', ...excepted].join('; ');
  const found = findings.length > 0 ? [`${findings.length} finding(s): ${listed(findings)}`] : [];
  return [...failures, ...found, ...excepted].join('; ');
}

function listed(all: readonly string[]): string {
  const more = all.length > TOLD ? ` and ${all.length - TOLD} more` : '';
  return `${all.slice(0, TOLD).join(' ')}${more}`;
}

function wordsOf(by: Judgement, finding: PolicyFinding): string {
  const { why, fix } = finding;
  return [`${placeOf(by, finding)}:`, why, fix].filter((part) => part !== '').join(' ');
}

function placeOf({ by }: Judgement, { rule, object, field }: PolicyFinding): string {
  const name = by === HOUSE ? rule : `${by} ${rule}`;
  return `${name} at ${[object, field].filter((part) => part !== '').join(' ')}`;
}

/** Refuses a set in which a strict policy has found something, or of which it says nothing. */
export function requireGood(judgements: readonly Judgement[]): void {
  const strict = judgements.filter(({ mode }) => mode === 'strict');
  const broken = strict.filter(({ findings }) => findings.length > 0);
  if (broken.length > 0) {
    const isHouse = broken.every(({ by }) => by === HOUSE);
    throw new GitopsError('POLICY_DENIED', {
      where: isHouse ? 'the rules of `spec.policy`' : 'the policies of the controller',
      found: inWords(broken),
      expected: 'none, as the policy is strict',
      remedy: isHouse
        ? 'mend the manifests and push again, or name an exception with a reason and an end in `spec.policy.exceptions`'
        : 'mend the manifests and push again, or ask those who run the controller for an exception',
    });
  }
  const failed = strict.find(({ failure }) => failure !== undefined);
  if (failed) throw failed.failure;
}
