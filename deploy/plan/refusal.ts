import { ApiError, type FieldCause } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { DeployError } from '../errors';
import type { Member } from '../objects/members';
import { inWords, kindAndName } from '../objects/object-ref';
import { likelyFields } from './likely-fields';
import type { FieldOwner } from './owners';
import { isSecret } from './secrets';

/** A field that somebody else owns and has another value in. */
export interface Conflict {
  readonly path: string;
  readonly owner: FieldOwner;
}

/** Reads the conflicts of an apply; none when the server refused it for another reason. */
export function conflictsIn(error: ApiError): Conflict[] {
  return error.causes.flatMap(({ reason, field, message }) => {
    if (reason !== 'FieldManagerConflict') return [];
    const [, manager = 'another manager'] = /^conflict with "([^"]+)"/.exec(message) ?? [];
    return { path: field.replace(/^\./, ''), owner: { manager } };
  });
}

const IMMUTABLE =
  /immutable|may not (?:be )?(?:change|updat)|cannot change|can not be unset|updates to .* (?:are forbidden|for fields other than)/i;

/** The fields that cannot be changed, when it is this and nothing else that the server refuses. */
export function immutableIn(error: ApiError): FieldCause[] {
  if (error.code !== 'INVALID' || error.causes.length === 0) return [];
  return error.causes.every(({ message }) => IMMUTABLE.test(message)) ? [...error.causes] : [];
}

const OF_THE_OBJECT: readonly string[] = [
  ...[
    'BAD_REQUEST',
    'FORBIDDEN',
    'NOT_FOUND',
    'ALREADY_EXISTS',
    'CONFLICT',
    'INVALID',
    'SERVER_ERROR',
    'API_ERROR',
  ],
];

/** Whether an answer is about the object, and not about the way to the server. */
export function isAboutObject(error: ApiError): boolean {
  return OF_THE_OBJECT.includes(error.code);
}

/** What the server says of an object, and what was most likely meant by a field that it does not know. */
export async function refusedBy(
  api: ClusterApi,
  member: Pick<Member, 'ref' | 'object' | 'from'>,
  error: ApiError,
): Promise<DeployError> {
  return refused(member, error, await likelyFields(api, member, error));
}

/** It may quote the values of a Secret, so of one only the fields are told. */
export function refused(
  { ref, object, from }: Pick<Member, 'ref' | 'object' | 'from'>,
  error: ApiError,
  likely: readonly string[] = [],
): DeployError {
  const fields = error.causes.map(({ field, reason }) => `${field || 'the object'} (${reason})`).join(', ');
  const found = isSecret(object)
    ? `${error.statusCode} ${error.reason}${fields && `: ${fields}`} (the words of the server may quote the Secret)`
    : error.found;
  const isWebhook = /failed calling webhook/.test(error.found);
  return new DeployError('OBJECT_REFUSED', {
    where: `${inWords(ref)} (${from})`,
    found: likely.length === 0 ? found : `${found}, did you mean ${likely.join(', ')}?`,
    expected: error.expected,
    remedy: isWebhook
      ? 'Bring the webhook back or remove its configuration; nothing can be applied past it.'
      : error.remedy,
  });
}

export function notOurs(
  { ref, from }: Member,
  managers: readonly string[],
  otherRelease: boolean,
): DeployError {
  const by = managers.length === 0 ? '' : ` of ${managers.join(', ')}`;
  return new DeployError('OBJECT_NOT_OURS', {
    where: `${inWords(ref)} (${from})`,
    found: `an object${by} that is there already${otherRelease ? ' and belongs to another release or ApplySet' : ''}`,
    expected: 'no such object, or one that this release has made',
    remedy:
      'Take it over with --adopt (`drydock diff --adopt` shows what changes hands), or use another name.',
  });
}

export function inConflict({ ref, from }: Member, conflicts: readonly Conflict[]): DeployError {
  const told = conflicts.map(
    ({ path, owner }) => `${path} of ${owner.manager}${owner.since ? ` (since ${owner.since})` : ''}`,
  );
  const scaled = conflicts.some(
    ({ path, owner }) => path === 'spec.replicas' && /autoscal|controller-manager/.test(owner.manager),
  );
  return new DeployError('FIELD_CONFLICT', {
    where: `${inWords(ref)} (${from})`,
    found: `other values in fields that others own: ${told.join('; ')}`,
    expected: 'fields that nobody else sets',
    remedy: scaled
      ? 'Leave spec.replicas out, since an autoscaler sets it; or take the fields with --force-conflicts.'
      : 'Leave the fields out, and they stay as they are; or take them with --force-conflicts.',
  });
}

export function cannotChange(
  member: Member,
  causes: readonly FieldCause[],
  mayRecreate: boolean,
): DeployError {
  const { ref, object, from } = member;
  const told = causes
    .map(({ field, message }) => (isSecret(object) ? field : `${field}: ${withoutValue(message)}`))
    .join('; ');
  return new DeployError('FIELD_IMMUTABLE', {
    where: `${inWords(ref)} (${from})`,
    found: `a change of what cannot be changed: ${told}`,
    expected: 'the values of the object in the cluster',
    remedy: mayRecreate
      ? `Delete it and make it anew with --recreate ${ref.kind}, or put the old values back.`
      : `Put the old values back. A ${ref.kind} is never deleted to make it anew: what is in it would be lost (kubectl delete ${kindAndName(ref)} is yours to decide).`,
  });
}

/** An API server answers so to a body of a type that it does not know, which an apply is to one before 1.16. */
export function isTooOld(error: ApiError): boolean {
  return error.statusCode === 415;
}

export function serverTooOld({ ref, from }: Member, { found }: ApiError): DeployError {
  return new DeployError('SERVER_TOO_OLD', {
    where: `${inWords(ref)} (${from})`,
    found: `a server that does not take an apply of this kind: ${found}`,
    expected: 'server-side apply, which Kubernetes has since 1.16; drydock is tested from 1.33 on',
    remedy: 'Upgrade the cluster, or the server that brings this kind. Nothing was written.',
  });
}

/** The server quotes the whole value before it says what is wrong, and that of a pod template is a page long. */
function withoutValue(message: string): string {
  return message.startsWith('Invalid value: ') ? message.slice(message.lastIndexOf(': ') + 2) : message;
}

/** Whether the server refused only for want of a right, which a plan can go without. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'FORBIDDEN';
}
