import { isAway } from '../clusters/cause';
import type { Link } from '../clusters/links';
import { GitopsError } from '../errors';
import type { SourceTree } from '../source/source';
import type { Target } from './targets';
import { type Verdict, verdictOfFailure } from './verdict';

/** What a failure in a cluster is told as: where the cluster has gone meanwhile, that is the cause of all else. */
export function awayFrom({ cluster }: Target, link: Link | undefined, error: unknown): unknown {
  if (cluster === undefined || error instanceof GitopsError) return error;
  if (!link?.lost.aborted && !isAway(error)) return error;
  return new GitopsError(
    'CLUSTER_UNREACHABLE',
    {
      where: `Cluster ${cluster}`,
      found: link?.lost.aborted ? 'a cluster that was lost while it was worked on' : String(codeOf(error)),
      expected: 'an API server that answers',
      remedy: 'look at its Cluster; it is tried again by itself',
    },
    { cause: error },
  );
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}

/** A cluster that is away says nothing of the objects there. */
export function failureIn(target: Target, link: Link | undefined, tree: SourceTree, error: unknown): Verdict {
  const cause = awayFrom(target, link, error);
  const verdict = verdictOfFailure(target.known, tree.revision, cause);
  return cause === error && link ? verdict : { ...verdict, sync: 'Unknown', health: 'Unknown' };
}
