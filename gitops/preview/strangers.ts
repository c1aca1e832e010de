import type { Application } from '../api/application';
import { GitopsError } from '../errors';
import type { ClusterPreview } from './preview';

/** A commit of a stranger must not be a way to be shown what is in the cluster. */

/** A chart can write what it is given into any object, in whichever form, so no search for the values would find all. */
export function refuseSecretValues({ spec }: Pick<Application, 'spec'>): void {
  const named = (spec.render?.helm?.valuesFrom ?? []).filter(({ kind }) => kind === 'Secret');
  if (named.length === 0) return;
  throw new GitopsError('PREVIEW_REFUSED', {
    where: 'spec.render.helm.valuesFrom',
    found: `values from ${named.map(({ name }) => `Secret ${name}`).join(', ')}, which a chart can put into any object that is shown`,
    expected: 'an author who may see them',
    remedy:
      'give `--trust-author` where that is so, as for commits of your own team; never for those of strangers',
  });
}

/**
 * What of the cluster no commit of the Application has ever said: a stranger could name any object or field to be shown what is
 * there.
 */
export function withoutValuesOfOthers({ plan, ...found }: ClusterPreview): ClusterPreview {
  if (!plan) return found;
  const objects = plan.objects.map((one) => ({
    ...one,
    changes: one.changes.map((change) => {
      if (one.action !== 'adopt' && change.owners.length === 0) return change;
      const { before: _theirs, after: _ours, ...told } = change;
      return { ...told, hidden: true };
    }),
  }));
  return { ...found, plan: { ...plan, objects } };
}
