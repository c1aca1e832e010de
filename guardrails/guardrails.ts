import { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { type CheckOptions, check, type KubeObjectJson } from '../check';
import { DrydockError, type JsonObject } from '../core/template';
import { guardedObject, inputsFor, render } from '../core/tree';
import { brokenBy } from './broken';
import { checkGuardrails } from './checks';
import type { Guardrail } from './rule';

/** A rule that an object may break, with the reason. */
export interface GuardrailWaiver {
  /** The id of the rule, of the team or of `check`. */
  readonly rule: string;
  /** For example `Deployment/web`. */
  readonly object: string;
  /**
   * The namespace that the object names.
   * @default - the object names none
   */
  readonly namespace?: string;
  /** Why it may, for those who read this next year; ten characters or more. */
  readonly reason: string;
}

export interface GuardrailsProps {
  /**
   * The team's own rules.
   * @default - none
   */
  readonly rules?: readonly Guardrail[];
  /**
   * Options of `check`, whose rules are asked too; `false`: they are not.
   * @default - level "restricted", nothing provided
   */
  readonly check?: Omit<CheckOptions, 'waivers'> | false;
  /**
   * What may stay. One that waives nothing is an error.
   * @default - none
   */
  readonly waivers?: readonly GuardrailWaiver[];
}

/** One thing that is wrong, with the construct that made it. */
interface Complaint {
  readonly rule: string;
  readonly object: string;
  readonly namespace?: string;
  readonly field: string;
  readonly construct: string;
  readonly why: string;
  readonly fix: string;
}

/** How many complaints one error lists. */
const TOLD = 20;

/**
 * Holds every object below a construct against the rules of `check` and those of the team, when the app is synthesized: what
 * breaks one is an error that names the construct. In a HelmChart the objects of the default values are asked; the policy
 * of the cluster asks those of all others.
 *
 * @example
 * new Guardrails(app, {
 *   rules: [
 *     {
 *       id: 'team-label',
 *       of: 'object',
 *       kinds: ['Deployment', 'StatefulSet'],
 *       holds: field('metadata', 'labels', 'team').matches('^[a-z]+$'),
 *       why: 'Without it nobody knows whom to wake.',
 *       fix: 'Add the label team.',
 *     },
 *   ],
 * });
 */
export class Guardrails {
  constructor(scope: Construct, props: GuardrailsProps = {}) {
    checkGuardrails(scope, props);
    scope.node.addValidation({
      validate: () => {
        refuse(scope, props);
        return [];
      },
    });
  }
}

function refuse(scope: IConstruct, { rules = [], waivers = [], ...props }: GuardrailsProps): void {
  const made = scope.node
    .findAll()
    .filter((one): one is ApiObject => ApiObject.isApiObject(one))
    .flatMap((construct) =>
      (render(guardedObject(construct), inputsFor(construct)) as JsonObject[])
        .flatMap(itemsOf)
        .map((object) => ({ object: object as KubeObjectJson, construct: construct.node.path })),
    );
  const own = made.flatMap(({ object, construct }) =>
    rules
      .flatMap((rule) => brokenBy(object, rule))
      .map(({ rule: { id, why, fix }, ...where }) => ({ rule: id, ...where, construct, why, fix })),
  );
  const found: Complaint[] = [...own, ...(props.check === false ? [] : checked(made, props.check))];
  const isWaived = (one: Complaint, waiver: GuardrailWaiver) =>
    one.rule === waiver.rule && one.object === waiver.object && one.namespace === waiver.namespace;
  const left = found.filter((one) => !waivers.some((waiver) => isWaived(one, waiver)));
  if (left.length > 0) throw broken(left);
  const unused = waivers.findIndex((waiver) => !found.some((one) => isWaived(one, waiver)));
  if (unused >= 0) throw stale(scope, unused, waivers[unused] as GuardrailWaiver);
}

interface Made {
  readonly object: KubeObjectJson;
  readonly construct: string;
}

function checked(made: readonly Made[], options: Omit<CheckOptions, 'waivers'> = {}): Complaint[] {
  const findings = check(
    made.map(({ object }) => object),
    options,
  );
  return findings.map((finding) => {
    const maker = made.find(
      ({ object: { kind, metadata = {} } }) =>
        `${kind}/${metadata.name}` === finding.object && metadata.namespace === finding.namespace,
    );
    return { ...finding, construct: maker?.construct ?? '(no construct)' };
  });
}

function itemsOf(object: JsonObject): JsonObject[] {
  return object?.kind === 'List' && Array.isArray(object.items) ? (object.items as JsonObject[]) : [object];
}

function broken(complaints: readonly Complaint[]): DrydockError {
  const [first, ...others] = complaints as [Complaint, ...Complaint[]];
  const told = others.slice(0, TOLD).map((one) => `\n  ${placeOf(one)} [${one.rule}]: ${one.why} ${one.fix}`);
  const more = others.length > TOLD ? `\n  and ${others.length - TOLD} more` : '';
  return new DrydockError('GUARDRAIL_BROKEN', {
    where: placeOf(first),
    found: `what the rule ${first.rule} forbids: ${first.why.replace(/[.]$/, '')}`,
    expected: 'objects that keep the rules of the team and of check',
    remedy: `${first.fix} Or waive it with the reason.${others.length > 0 ? ` Broken as well:${told.join('')}${more}` : ''}`,
  });
}

function placeOf({ construct, object, namespace, field }: Complaint): string {
  return [construct, `(${object}${namespace ? ` in ${namespace}` : ''})`, field].filter(Boolean).join(' ');
}

function stale(scope: IConstruct, index: number, { rule, object }: GuardrailWaiver): DrydockError {
  return new DrydockError('WAIVER_STALE', {
    where: `${scope.node.path || '(app)'} waivers[${index}]`,
    found: `a waiver of ${rule} for ${object}, which waives nothing`,
    expected: 'something that would be refused without it',
    remedy: 'Remove the waiver: it would hide the next thing.',
  });
}
