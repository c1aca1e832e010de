import { GitopsError } from '../errors';
import { BRANCH_PATTERN } from './git-url';

/** What of a repository is looked at once, in the place of the branch that is followed. */
export type Point =
  | { readonly branch: string }
  /** All digits of its id. */
  | { readonly commit: string }
  /** Of jj, or the first eight of its letters and more. */
  | { readonly change: string }
  /** The number of a pull request, or of a merge request. */
  | { readonly pullRequest: number };

/** What git is asked for: one commit that the server has. */
export interface Found {
  readonly id: string;
  /** As `fetch` takes it. */
  readonly what: string;
  /** It was fetched while it was looked for; what its branch is at since then is another commit. */
  readonly isHere?: boolean;
}

/** The part of a repository that a point is found with. */
export interface Remote {
  readonly where: string;
  /** The refs of the server that have one of these patterns, as `ls-remote` takes them. */
  refs(patterns: readonly string[]): Promise<ReadonlyArray<Found>>;
  /** Brings these here, the newest commit of each. */
  fetch(found: readonly Found[]): Promise<void>;
  /** The change of each commit that is here. */
  changes(ids: readonly string[]): Promise<readonly string[]>;
}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
/** The letters of a change are none of hexadecimal digits, so that no commit is taken for one. */
const CHANGE = /^[k-z]{8,32}$/;
/** So many heads of a repository are looked through for a change. */
const MOST_HEADS = 200;
const MOST_NUMBER = 2 ** 31;

/**
 * What a person names: all digits of a commit, the letters of a change of jj, else a branch.
 *
 * @example
 * const found = await preview({ name: 'shop', point: pointOf('feature/blue') });
 */
export function pointOf(revision: string): Point {
  if (COMMIT.test(revision)) return { commit: revision };
  if (CHANGE.test(revision)) return { change: revision };
  if (new RegExp(BRANCH_PATTERN).test(revision)) return { branch: revision };
  throw wrong(`revision ${JSON.stringify(revision.slice(0, 100))}`);
}

export function inWords(point: Point): string {
  if ('branch' in point) return `branch ${point.branch}`;
  if ('commit' in point) return `commit ${point.commit}`;
  if ('change' in point) return `change ${point.change}`;
  return `pull request ${point.pullRequest}`;
}

/** Finds the one commit that a point means; whatever is not exactly one is refused. */
export async function find(
  remote: Remote,
  point: Exclude<Point, { readonly branch: string }>,
): Promise<Found> {
  if ('commit' in point) {
    if (!COMMIT.test(point.commit)) throw wrong(inWords(point));
    return { id: point.commit, what: point.commit };
  }
  if ('change' in point) return findChange(remote, point.change);
  const { pullRequest } = point;
  if (!Number.isInteger(pullRequest) || pullRequest < 1 || pullRequest >= MOST_NUMBER)
    throw wrong(inWords(point));
  const refs = await remote.refs([
    `refs/pull/${pullRequest}/head`,
    `refs/merge-requests/${pullRequest}/head`,
  ]);
  const [found] = refs;
  if (found) return found;
  throw missing(
    remote,
    inWords(point),
    'a pull request or merge request whose head the server shows to these credentials',
  );
}

/** A branch of that very name comes first: its letters may be those of a change. */
async function findChange(remote: Remote, change: string): Promise<Found> {
  if (!CHANGE.test(change)) throw wrong(`change ${JSON.stringify(change)}`);
  const [branch] = await remote.refs([`refs/heads/${change}`]);
  if (branch) return branch;
  const all = await remote.refs(['refs/heads/*']);
  // `jj git push --change` names a bookmark for the change.
  const named = all.filter(({ what }) => what.includes(change.slice(0, 8)));
  const found =
    (await withChange(remote, named, change)) ?? (await withChange(remote, all.slice(0, MOST_HEADS), change));
  if (found) return found;
  const more = all.length > MOST_HEADS ? ` among ${MOST_HEADS} of ${all.length}` : ` among ${all.length}`;
  throw missing(
    remote,
    `change ${change}${more} heads of branches`,
    'a bookmark whose head is a commit of the change, or a branch of that name',
  );
}

async function withChange(
  remote: Remote,
  heads: readonly Found[],
  change: string,
): Promise<Found | undefined> {
  if (heads.length === 0) return undefined;
  await remote.fetch(heads);
  const changes = await remote.changes(heads.map(({ id }) => id));
  const found = heads.filter((_, index) => changes[index]?.startsWith(change));
  const ids = new Set(found.map(({ id }) => id));
  const [one] = found;
  if (ids.size <= 1) return one && { ...one, isHere: true };
  throw new GitopsError('SOURCE_REFUSED', {
    where: remote.where,
    found: `${ids.size} commits whose change begins with ${change}`,
    expected: 'one commit',
    remedy: 'give more letters of the change, or the whole id of the commit that is meant',
  });
}

export function missing({ where }: Pick<Remote, 'where'>, what: string, expected: string): GitopsError {
  return new GitopsError('REVISION_MISSING', {
    ...{ where, found: `no ${what}`, expected },
    remedy: 'push it, or correct what is asked for; nothing was looked at',
  });
}

function wrong(found: string): GitopsError {
  return new GitopsError('SOURCE_INVALID', {
    where: 'what is to be looked at',
    found,
    expected:
      'a branch, all 40 or 64 digits of a commit, a change of jj such as `kkmpptxz`, or the number of a pull request',
    remedy: 'correct it; `git rev-parse NAME` says all digits of a commit',
  });
}
