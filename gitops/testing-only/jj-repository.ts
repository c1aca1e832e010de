import type { BareRepository } from './git-server';

/*
 * Objects as a real jj has written them, read with `git cat-file` from the repository below its working copy. They were made
 * once, on 30 November 2026, by jj 0.35.0 (commit aa2b76978c4a of github.com/jj-vcs/jj, the binary within the npm package
 * agentic-jujutsu 2.3.6), without network, by
 *
 *     jj describe -m one; jj bookmark create main -r @
 *     jj new -m two; jj bookmark create good -r @
 *     jj new main -m other; jj bookmark create other -r @
 *     jj new good other -m merge; jj bookmark create conflicted -r @
 *     jj describe -r other -m 'other, said better'
 *
 * with another value of `x` in app/a.yaml in each of the first three. `plain` is a commit of git itself, `git commit-tree -m
 * plain`, after `jj git import`; the changes are what `jj log -T change_id` has said.
 */

const WHO = 'Ada <ada@example.com>';
const fileWith = (x: number) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: "${x}" }\n`;

const NOTE = `This commit was made by jj, https://github.com/jj-vcs/jj.
The commit contains file conflicts, and therefore looks wrong when used with plain
Git or other tools that are unfamiliar with jj.

The .jjconflict-* directories represent the different inputs to the conflict.
For details, see
https://jj-vcs.github.io/jj/prerelease/git-compatibility/#format-mapping-details

If you see this file in your working copy, it probably means that you used a
regular \`git\` command to check out a conflicted commit. Use \`jj abandon\` to
recover.
`;

const TREES = {
  one: '7ae5ab3a87801bc90f7da66ab3c2e280c31ba498',
  two: '513ed657da9042afc3405fc94584d6faf48b04b2',
  three: 'c89d3911feabbbe7ff430ae7b22013121be886f9',
  conflicted: 'd370e637db1cb44c5c270afc6309227488bf135c',
};

interface JjCommit {
  readonly id: string;
  /** What jj shows. */
  readonly change: string;
  readonly text: string;
}

const commit = (
  id: string,
  change: string,
  [tree, parents, at, committedAt, more, message]: readonly [
    string,
    readonly string[],
    number,
    number,
    readonly string[],
    string,
  ],
): JjCommit => ({
  ...{ id, change },
  text: `${[
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${WHO} ${at} +0000`,
    `committer ${WHO} ${committedAt} +0000`,
    ...more,
  ].join('\n')}\n\n${message}\n`,
});

const MAIN = '6421d76abc559ecbe18f47ca0cfbe25420dd3010';
const GOOD = 'ec1f393ea7a8475cf69828d1901ca4d9ea4942a2';
const OTHER = 'a5ebca054afc3f0894dea1850b704921d17dcdb2';
const AT = 1_796_027_041;

const change = {
  main: 'lwxnlrulwpopzoroqpmpwwyqzmvzpqmy',
  good: 'uwpwvwxozuxwxylxxuxqylnxqwltkynm',
  other: 'lrykzuwwlwsmnuzrqrqqtkzrqqsxumok',
  conflicted: 'wlmvwwpzqztylrrwlzrluxvprmvnstuu',
  plain: 'sknowxxxuuupqwsxoosrwxvymlsxvysu',
};
const says = (one: string) => [`change-id ${one}`];

export const JJ_COMMITS = {
  main: commit(MAIN, change.main, [TREES.one, [], AT, AT, says(change.main), 'one']),
  good: commit(GOOD, change.good, [TREES.two, [MAIN], AT, AT, says(change.good), 'two']),
  /** The same change as `other`, before it was described anew. */
  before: commit('7825a7bd0151fd28a79cea0edbd6216d85caba22', change.other, [
    ...([TREES.three, [MAIN], AT, AT, says(change.other), 'other'] as const),
  ]),
  other: commit(OTHER, change.other, [
    ...([TREES.three, [MAIN], AT, AT + 22, says(change.other), 'other, said better'] as const),
  ]),
  conflicted: commit('bd7d1bca061c3a5ee5e137af81cfac60488f1125', change.conflicted, [
    ...([TREES.conflicted, [GOOD, OTHER], AT + 1, AT + 23] as const),
    [`jj:trees ${TREES.two} ${TREES.one} ${TREES.three}`, ...says(change.conflicted)],
    'merge',
  ]),
  /** Made by git, so that jj derives the change. */
  plain: commit('b96a45dfae824e7b824c1edd4ec95aaa444cd3fe', change.plain, [
    ...([TREES.one, [], AT + 23, AT + 23, [], 'plain'] as const),
  ]),
} as const satisfies Readonly<Record<string, JjCommit>>;

/** Writes them all, each as the head of a branch of its name. Fails where one is not the object that jj has made. */
export function writeJjCommits(repository: BareRepository): void {
  const { git } = { git: repository.git.bind(repository) };
  const blob = (text: string) => git(['hash-object', '-w', '--stdin'], text);
  const treeOf = (...entries: readonly string[]) => git(['mktree'], `${entries.join('\n')}\n`);
  const [one = '', two = '', three = ''] = [1, 2, 3].map((x) => {
    const app = treeOf(`100644 blob ${blob(fileWith(x))}\ta.yaml`);
    return treeOf(`040000 tree ${app}\tapp`);
  });
  const conflicted = treeOf(
    `040000 tree ${one}\t.jjconflict-base-0`,
    `040000 tree ${two}\t.jjconflict-side-0`,
    `040000 tree ${three}\t.jjconflict-side-1`,
    `100644 blob ${blob(NOTE)}\tREADME`,
  );
  const made = { one, two, three, conflicted };
  if (JSON.stringify(made) !== JSON.stringify(TREES)) throw new Error(`other trees: ${JSON.stringify(made)}`);
  for (const [branch, { id, text }] of Object.entries(JJ_COMMITS)) {
    const written = git(['hash-object', '-t', 'commit', '-w', '--stdin'], text);
    if (written !== id) throw new Error(`${branch} is ${written}, not ${id}`);
    git(['update-ref', `refs/heads/${branch}`, id]);
  }
}
