import { GitopsError, type GitopsErrorCode } from '../errors';
import type { GitAnswer } from './run-git';

interface Meaning {
  readonly says: RegExp;
  readonly code: GitopsErrorCode;
  readonly found: string;
  readonly remedy: string;
}

/** What git prints may quote an address with a password, or bytes that the other side chose: it is told in our words. */
const MEANINGS: readonly Meaning[] = [
  {
    says: /cannot run ssh|ssh: (command )?not found|No user exists for uid/i,
    code: 'GIT_MISSING',
    found: 'no ssh program that runs as this user',
    remedy:
      'install openssh-client where the controller runs, and give its user a name (a line of /etc/passwd), without which ssh does not run',
  },
  {
    says: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|host key is known for/i,
    code: 'HOST_KEY_UNKNOWN',
    found: 'a server that shows another key than `known_hosts` of the Secret has for it',
    remedy:
      'ask who runs the server whether its key has changed, and put what `ssh-keyscan` prints into the Secret only then',
  },
  {
    says: /Permission denied \(|Load key .*: |Too many authentication failures/i,
    code: 'SOURCE_DENIED',
    found: 'a key that the server does not take',
    remedy: 'look at `ssh-privatekey` in the Secret, and whether its public half is still at the repository',
  },
  {
    says: /Authentication failed|could not read (Username|Password)|returned error: 40[13]|HTTP 40[13]/i,
    code: 'SOURCE_DENIED',
    found: 'credentials that the server does not take, or none',
    remedy: 'look at the Secret that `spec.source.secret` names: it needs `username` and `password`',
  },
  {
    says: /returned error: 404|repository '.*' not found|Repository not found|does not appear to be a git repository|not found: did you run git update-server-info/i,
    code: 'SOURCE_UNREACHABLE',
    found: 'no such repository, or none that these credentials may see',
    remedy: 'look at `spec.source.url`, and whether the repository is still there',
  },
  {
    says: /returned error: 3\d\d|unable to update url base from redirection|redirect/i,
    code: 'SOURCE_UNREACHABLE',
    found: 'an answer that sends elsewhere',
    remedy: 'put the address that it leads to into `spec.source.url`: redirects are not followed',
  },
  {
    says: /SSL|certificate|gnutls|TLS/i,
    code: 'SOURCE_UNREACHABLE',
    found: 'a certificate that is not trusted',
    remedy: 'put the authority into the Secret as `ca.crt`, if it is one of your own',
  },
  {
    says: /transport '.*' not allowed|protocol '.*' is not supported|unable to find remote helper/i,
    code: 'SOURCE_INVALID',
    found: 'another way to the repository than its address says',
    remedy: 'use an https or an ssh address',
  },
  {
    says: /fsck|object corrupt|bad object|missing blob|did not send all necessary objects|pack has|index-pack/i,
    code: 'SOURCE_REFUSED',
    found: 'objects that git does not take',
    remedy: 'run `git fsck` in the repository and mend what it tells',
  },
  {
    says: /No space left on device|Disk quota exceeded/i,
    code: 'SOURCE_UNREACHABLE',
    found: 'a full disk, on this side',
    remedy: "give the controller's folder more room",
  },
  {
    says: /Could not resolve host|Failed to connect|Connection (refused|reset|closed|timed out)|No route to host|Network is unreachable|kex_exchange_identification|timed? ?out|Operation too slow/i,
    code: 'SOURCE_UNREACHABLE',
    found: 'no connection to the server',
    remedy: 'look whether the repository can be reached from here; it is tried again by itself',
  },
  {
    says: /not our ref|unadvertised object|no such remote ref|does not point to a valid object/i,
    code: 'REVISION_MISSING',
    found: 'no such commit, or none that the server hands out by its id',
    remedy: 'push it to a branch, or correct what is asked for',
  },
  {
    says: /couldn't find remote ref/i,
    code: 'BRANCH_MISSING',
    found: 'no such branch',
    remedy: 'correct `spec.source.branch`, or push the branch',
  },
];

/** What a git that has failed has to say, as an error of ours. */
export function complaintOf(where: string, { code, err }: GitAnswer, branch: string): GitopsError {
  const meaning = MEANINGS.find(({ says }) => says.test(err));
  if (meaning) {
    const { code: ours, found, remedy } = meaning;
    return new GitopsError(ours, {
      where: `${where} branch ${JSON.stringify(branch)}`,
      ...{ found, expected: 'a repository that can be read', remedy },
    });
  }
  return new GitopsError('SOURCE_UNREACHABLE', {
    where: `${where} branch ${JSON.stringify(branch)}`,
    found: `a git that ended with ${code ?? 'a signal'}`,
    expected: 'a repository that can be read',
    remedy: 'run `git ls-remote` with the same address to see what it says; it is tried again by itself',
  });
}
