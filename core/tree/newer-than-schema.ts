import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DrydockError } from '../template';
import { placeOf } from './stand-ins';

/** What the API server of a newer Kubernetes takes, though the schema here does not know it. */
export interface NewerThanSchema {
  /**
   * Fields as the error names them, such as `spec.template.spec.containers[0].newField`, with what is below them.
   * @default - the whole object
   */
  readonly fields?: readonly string[];
  /** Why it is right, for the next reader: the version of Kubernetes that has it, or where it is documented. */
  readonly reason: string;
}

const exempt = new WeakMap<ApiObject, NewerThanSchema[]>();

/**
 * Lets an object pass that is newer than the schema of the Kubernetes API in this package: a new kind, a new field, a new value
 * of one. Everything else of the object is still checked.
 *
 * @example
 * declare const web: SecureService;
 * newerThanSchema(web.workload, {
 *   fields: ['spec.template.spec.newField'],
 *   reason: 'Kubernetes 1.40 has it',
 * });
 */
export function newerThanSchema(construct: IConstruct, newer: NewerThanSchema): void {
  const object = ApiObject.of(construct);
  if (typeof newer?.reason !== 'string' || newer.reason.trim() === '')
    throw new DrydockError('MISSING_REASON', {
      where: `${placeOf(construct)} newerThanSchema`,
      found: 'no reason',
      expected: 'a sentence that says which Kubernetes takes the object',
      remedy: 'Set `reason`.',
    });
  exempt.set(object, [...(exempt.get(object) ?? []), newer]);
}

/** Whether a fault in a field of an object is one that somebody allowed by name. */
export function isNewerThanSchema(object: ApiObject | undefined, field: string): boolean {
  const entries = (object && exempt.get(object)) ?? [];
  return entries.some(({ fields }) => !fields || fields.some((one) => isAtOrBelow(field, one)));
}

function isAtOrBelow(field: string, outer: string): boolean {
  return field === outer || field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`);
}
