import { isRecord } from '../../kube';
import type { PolicyFinding } from './engine';
import { noVerdict } from './failed';

/** A finding that those who run the controller let stay for a while. */
export interface PolicyException {
  /** The rule, such as `main.deny`. */
  readonly rule: string;
  /** For example `Deployment/web`. */
  readonly object: string;
  /** NAMESPACE/NAME of the Application. */
  readonly application: string;
  readonly reason: string;
  /** The day after which it no longer holds. */
  readonly until: string;
}

const FIELDS = ['rule', 'object', 'application', 'reason', 'until'] as const;
const FORMS: Readonly<Record<(typeof FIELDS)[number], RegExp>> = {
  rule: /^\S{1,256}$/,
  object: /^[A-Za-z]+\/[^/\s]+$/,
  application: /^[a-z0-9-]+\/[a-z0-9.-]+$/,
  reason: /\S.{8,}\S/,
  until: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
};
const EXPECTED =
  'a list `exceptions` of { rule, object: KIND/NAME, application: NAMESPACE/NAME, reason of ten characters or more, until: a day such as "2027-03-01" }';

/** Exceptions as a file has them, all of it right. */
export function exceptionsIn(name: string, document: unknown): PolicyException[] {
  const { exceptions, ...others } = Object(document) as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw noVerdict(name, `a field ${JSON.stringify(unknown)}`, EXPECTED);
  if (!Array.isArray(exceptions)) throw noVerdict(name, 'no list `exceptions`', EXPECTED);
  return exceptions.map((one: unknown, index) => {
    const where = `${name} exceptions[${index}]`;
    if (!isRecord(one)) throw noVerdict(where, 'no object', EXPECTED);
    const strange = Object.keys(one).find((field) => !(FIELDS as readonly string[]).includes(field));
    if (strange !== undefined) throw noVerdict(where, `a field ${JSON.stringify(strange)}`, EXPECTED);
    const wrong = FIELDS.find((field) => typeof one[field] !== 'string' || !FORMS[field].test(one[field]));
    if (wrong)
      throw noVerdict(`${where}.${wrong}`, one[wrong] === undefined ? 'nothing' : 'another form', EXPECTED);
    return one as unknown as PolicyException;
  });
}

/** Those whose day has not passed. */
export function stillHold(exceptions: readonly PolicyException[], now: Date): PolicyException[] {
  const today = now.toISOString().slice(0, 10);
  return exceptions.filter(({ until }) => until >= today);
}

export function isExcepted(
  { rule, object }: PolicyFinding,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  exceptions: readonly PolicyException[],
): boolean {
  return exceptions.some(
    (one) => one.rule === rule && one.object === object && one.application === `${namespace}/${name}`,
  );
}
