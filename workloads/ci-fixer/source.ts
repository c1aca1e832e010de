import type { Box } from './box';
import type { FixRequest } from './request';
import { type Tree, TreeError, treeOf } from './tree';

type Git = Extract<FixRequest['source'], { git: unknown }>['git'];

/** Where git may fetch from: a folder of a server, so that neither the cluster nor the internet is open to all. */
export function allowedUrl(text: string, prefixes: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A name and password in an address would be seen in the list of processes of untrusted code.
  if (!url || url.username || url.password || url.search || url.hash) return undefined;
  // An encoded slash or dot could be decoded behind the check.
  if (/%(2e|2f|5c)/i.test(url.href)) return undefined;
  return prefixes.some((prefix) => url.href.startsWith(prefix)) ? url.href : undefined;
}

export function uploadedTree(files: Extract<FixRequest['source'], { files: unknown }>['files']): Tree {
  return treeOf(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.base64, 'base64'),
    ]),
  );
}

const CLONE_MS = 120_000;
/** Git asks nobody, reads no settings of the image, and fetches no large files from elsewhere. */
const GIT = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_LFS_SKIP_SMUDGE: '1' };

/**
 * Fetches a repository in a box: what a server answers is as untrusted as what the repository holds. Over https the box reaches
 * this repository and nothing else; over anything else its own network decides.
 */
export async function clonedTree(
  box: Box,
  { url, ref }: Git,
  options: { readonly signal: AbortSignal; readonly onOutput: (bytes: Uint8Array) => void },
): Promise<Tree> {
  const branch = ref === undefined ? [] : ['--branch', ref];
  const clone = ['git', 'clone', '--quiet', '--depth=1', '--no-tags', ...branch, '--', url, 'repository'];
  const repository = url.startsWith('https:') ? url : undefined;
  const ended = await box.run(clone, { ...options, timeoutMs: CLONE_MS, env: GIT, repository });
  if (ended.exitCode !== 0) throw new TreeError('The repository cannot be fetched; the output says why.');
  return box.take('repository');
}
