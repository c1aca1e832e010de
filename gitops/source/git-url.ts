import { GitopsError } from '../errors';

/** What the API server holds the url to as well; see `api/application.ts`. */
export const URL_PATTERN =
  '^(https://|ssh://[A-Za-z0-9_][A-Za-z0-9_.-]*@)[A-Za-z0-9\\[][A-Za-z0-9.:\\[\\]-]*/[^\\s?#@\\\\]+$';
/** As `git check-ref-format --branch` has it, and a little narrower: no odd characters at all. */
export const BRANCH_PATTERN = '^[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*$';
/** Names and slashes, none of which is empty, begins with a dash, or leads out. */
export const PATH_PATTERN = '^([A-Za-z0-9_.@+][A-Za-z0-9_.@+ -]*(/[A-Za-z0-9_.@+][A-Za-z0-9_.@+ -]*)*)?$';

/** A branch as it is given to git: never an option, never a path out of `refs/heads`. */
export function refOf(branch: string): string {
  if (!new RegExp(BRANCH_PATTERN).test(branch) || /\.\.|\.lock(\/|$)|\.(\/|$)/.test(branch))
    throw wrong(`branch ${JSON.stringify(branch)}`, 'a name such as `main` or `release/1.4`');
  return `refs/heads/${branch}`;
}

export function checkUrl(url: string): void {
  if (!new RegExp(URL_PATTERN).test(url))
    throw wrong(
      `url ${toldUrl(url)}`,
      'an address such as `https://git.example.com/team/shop.git` or `ssh://git@git.example.com/team/shop.git`',
    );
}

export function isSsh(url: string): boolean {
  return url.startsWith('ssh://');
}

/** A folder from the root of the repository, without the `.` that means the root. */
export function folderOf(path: string): string {
  if (path === '.') return '';
  if (!new RegExp(PATH_PATTERN).test(path) || path.split('/').some((part) => /^\.\.?$/.test(part)))
    throw wrong(`path ${JSON.stringify(path)}`, 'a folder of the repository, such as `apps/shop`');
  return path;
}

/** What somebody wrote before an `@` may be a password. */
export function toldUrl(url: string): string {
  return JSON.stringify(url.replace(/\/\/[^/]*@/, '//...@').replace(/[?#].*$/, '?...'));
}

function wrong(found: string, expected: string): GitopsError {
  return new GitopsError('SOURCE_INVALID', {
    where: 'spec.source',
    ...{ found, expected },
    remedy: 'correct the Application; credentials belong into the Secret that `secret` names',
  });
}
