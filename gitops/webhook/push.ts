import { markOf } from '../source/mark';
import type { Forge } from './signatures';

/** What a message says was pushed: the marks of a branch, one for each way in which its repository is addressed. */
export interface Push {
  readonly branch: string;
  readonly marks: readonly string[];
}

const EVENTS: Readonly<Record<Forge, string>> = { github: 'push', gitea: 'push', gitlab: 'Push Hook' };

export function isPush(forge: Forge, event: string): boolean {
  return EVENTS[forge] === event;
}

/** Where the forges say what a repository is called; all of these are looked at, of any forge. */
const ADDRESSES = ['clone_url', 'ssh_url', 'git_url', 'html_url', 'git_http_url', 'git_ssh_url', 'web_url'];
const LONGEST = 2048;

/** The push that the text of a message tells of. Undefined for a tag, and `invalid` for what is no message of a push. */
export function pushOf(body: string): Push | 'invalid' | undefined {
  const message = parsed(body);
  const ref = message?.ref;
  if (!message || typeof ref !== 'string' || ref.length > LONGEST) return 'invalid';
  const addresses = [message.repository, message.project].flatMap(addressesOf);
  if (addresses.length === 0) return 'invalid';
  const [, branch] = /^refs\/heads\/(.+)$/s.exec(ref) ?? [];
  if (branch === undefined) return undefined;
  const marks = new Set(addresses.map((address) => markOf(address, branch)));
  marks.delete(undefined);
  return marks.size === 0 ? 'invalid' : { branch, marks: [...marks] as string[] };
}

function addressesOf(repository: unknown): string[] {
  if (typeof repository !== 'object' || repository === null) return [];
  const given = repository as Readonly<Record<string, unknown>>;
  return ADDRESSES.flatMap((name) => {
    const address = given[name];
    return typeof address === 'string' && address.length <= LONGEST ? [address] : [];
  });
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
    return message as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
