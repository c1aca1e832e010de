import { isNode, type Tree } from '../../core/template';
import type { PodEdit } from '../pod-edit';
import type { Settings } from '../settings';
import { isMap, mapsIn } from '../trees';

const CONTEXT = 'securityContext';

/** Not root, at the pod and wherever a container says otherwise. */
export function nonRoot(edit: PodEdit, settings: Settings): void {
  if (edit.get(CONTEXT, 'runAsUser') === 0) edit.set('non-root', [CONTEXT, 'runAsUser'], settings.user);
  for (const { part, at, name } of edit.containers) {
    const { runAsUser, runAsNonRoot } = isMap(part[CONTEXT]) ? part[CONTEXT] : {};
    if (runAsUser === 0) edit.set('non-root', [...at, CONTEXT, 'runAsUser'], settings.user, name);
    if (runAsNonRoot === false) edit.set('non-root', [...at, CONTEXT, 'runAsNonRoot'], true, name);
  }
  edit.set('non-root', [CONTEXT, 'runAsNonRoot'], true);
}

/**
 * Somebody in particular, where nobody says who: an image that says none would run as root, and be refused at its start.
 * Files that outlive the pod belong to somebody, and only those who know them can say to whom.
 */
export function someUser(edit: PodEdit, settings: Settings): void {
  const isSaid = (context: Tree) => isMap(context) && (context.runAsUser ?? undefined) !== undefined;
  const { containers } = edit;
  if (edit.isKept('non-root') || isSaid(edit.get(CONTEXT)) || isNode(edit.get(CONTEXT))) return;
  if (containers.length > 0 && containers.every(({ part }) => isSaid(part[CONTEXT]))) return;
  if (keepsFiles(edit) && !settings.isUserNamed) {
    edit.find(
      'user',
      [CONTEXT, 'runAsUser'],
      'Nobody says as whom it runs, and it keeps files that belong to somebody; where its image says root, it does not start.',
      'Answer `user` for it: the owner of the files.',
    );
    return;
  }
  if (!edit.set('user', [CONTEXT, 'runAsUser'], settings.user)) return;
  if (edit.get(CONTEXT, 'runAsGroup') === undefined) edit.set('user', [CONTEXT, 'runAsGroup'], settings.user);
  if (edit.get(CONTEXT, 'fsGroup') !== undefined) return;
  edit.set('user', [CONTEXT, 'fsGroup'], settings.user);
  if (edit.get(CONTEXT, 'fsGroupChangePolicy') === undefined)
    edit.set('user', [CONTEXT, 'fsGroupChangePolicy'], 'OnRootMismatch');
}

function keepsFiles({ target: { spec, object } }: PodEdit): boolean {
  const claims = isMap(object.spec) ? object.spec.volumeClaimTemplates : undefined;
  if (isNode(claims) || (Array.isArray(claims) && claims.length > 0)) return true;
  return mapsIn(spec.volumes).some(({ part }) => part.persistentVolumeClaim ?? part.hostPath ?? part.nfs);
}

const PROFILES: readonly Tree[] = ['RuntimeDefault', 'Localhost'];
const DEFAULT_PROFILE = { type: 'RuntimeDefault' };

export function seccomp(edit: PodEdit): void {
  const isFiltered = (profile: Tree) =>
    isNode(profile) || (isMap(profile) && (isNode(profile.type) || PROFILES.includes(profile.type)));
  if (!isFiltered(edit.get(CONTEXT, 'seccompProfile')))
    edit.set('seccomp', [CONTEXT, 'seccompProfile'], DEFAULT_PROFILE);
  for (const { at, name } of edit.containers) {
    const profile = edit.get(...at, CONTEXT, 'seccompProfile');
    if (profile !== undefined && !isFiltered(profile))
      edit.set('seccomp', [...at, CONTEXT, 'seccompProfile'], DEFAULT_PROFILE, name);
  }
}

/**
 * No token where its account can do nothing with one. What asks for a token, or has rights, most likely calls the API
 * server: without the token it would fail, and not at its start.
 */
export function token(edit: PodEdit, settings: Settings, rights: 'some' | 'none' | 'unknown'): void {
  const field = ['automountServiceAccountToken'];
  const given = edit.get(...field);
  if (given === false || isNode(given)) return;
  if (settings.answers.serviceAccountToken === false || (given === undefined && rights === 'none')) {
    edit.set('token', field, false);
    return;
  }
  const why = {
    some: 'Its account has rights',
    none: 'It asks for a token',
    unknown: 'Its account is not among these objects, and may have rights',
  }[rights];
  edit.find(
    'token',
    field,
    `${why}, so its token is left: whoever breaks in calls the API server with it.`,
    'Answer `serviceAccountToken: false` where it never calls the API server, else except it with the reason.',
  );
}
