import type { GitopsErrorCode } from '../../errors';
import type { Entry } from '../git-server';
import { JJ_COMMITS, writeJjCommits } from '../jj-repository';
import type { Attempt } from './attempt';
import type { Files } from './grounds';

const link = (content: string): Entry => ({ mode: '120000', content });

/** Not to be made small by compression. */
function kilobytes(count: number): string {
  let text = '';
  for (let seed = 1; text.length < count * 1024; seed = (seed * 48_271) % 2_147_483_647)
    text += seed.toString(36);
  return text;
}

const LIMITS = { files: 6, fileBytes: 32 * 1024, fetchBytes: 256 * 1024 };

type InFiles = readonly [what: string, files: Files, code: GitopsErrorCode, twin: string, like: Files];

const IN_FILES: readonly InFiles[] = [
  [
    'a symbolic link out of the folder',
    { 'app/a.yaml': link('../../etc/passwd') },
    'SOURCE_REFUSED',
    'a file with that text, a link elsewhere',
    { 'app/a.yaml': '../../etc/passwd', 'b.yaml': link('/etc') },
  ],
  [
    'a symbolic link to a neighbour',
    { 'app/a.yaml': 'a', 'app/b': link('a.yaml') },
    'SOURCE_REFUSED',
    'a file with that text',
    { 'app/a.yaml': 'a', 'app/b': 'a.yaml' },
  ],
  [
    'a link in the place of the folder',
    { app: link('other') },
    'PATH_MISSING',
    'a folder',
    { 'app/a.yaml': 'a' },
  ],
  [
    'a link in the place of a parent of the folder',
    { 'other/app/a.yaml': 'a', 'x.yaml': 'x', app: link('other/app') },
    'PATH_MISSING',
    'a folder',
    { 'app/a.yaml': 'a' },
  ],
  [
    'a submodule',
    { 'app/a.yaml': 'a', 'app/sub': { mode: '160000', content: 'a'.repeat(40) } },
    'SOURCE_REFUSED',
    'a .gitmodules alone',
    { 'app/a.yaml': 'a', '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = https://example.com/x\n' },
  ],
  [
    'a .gitmodules with an option as address',
    { 'app/a.yaml': 'a', '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = --upload-pack=touch\n' },
    'SOURCE_REFUSED',
    'one with an address',
    { 'app/a.yaml': 'a', '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = ../x\n' },
  ],
  [
    'a .gitmodules that leads out by its name',
    { 'app/a.yaml': 'a', '.gitmodules': '[submodule "../../x"]\n\tpath = sub\n\turl = ../x\n' },
    'SOURCE_REFUSED',
    'one with a plain name',
    { 'app/a.yaml': 'a', '.gitmodules': '[submodule "x"]\n\tpath = sub\n\turl = ../x\n' },
  ],
  [
    'a .gitmodules that is a link',
    { 'app/a.yaml': 'a', '.gitmodules': link('/etc/passwd') },
    'SOURCE_REFUSED',
    'another link beside the folder',
    { 'app/a.yaml': 'a', gitmodules: link('/etc/passwd') },
  ],
  [
    'a pointer of Git LFS',
    { 'app/a.yaml': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n' },
    'SOURCE_REFUSED',
    'the same in a comment',
    { 'app/a.yaml': '# version https://git-lfs.github.com/spec/v1\n' },
  ],
  [
    'the sides of a conflict of jj',
    { 'app/.jjconflict-base-0/a.yaml': 'a', 'app/JJ-CONFLICT-README': 'r' },
    'SOURCE_REFUSED',
    'a folder with a similar name',
    { 'app/jjconflict-base-0/a.yaml': 'a' },
  ],
  [
    'a name that cannot be seen',
    { 'app/a\tb.yaml': 'a' },
    'SOURCE_REFUSED',
    'spaces, and names like options',
    { 'app/a b.yaml': 'a', 'app/-rf.yaml': 'b', 'app/--upload-pack=x.yaml': 'c' },
  ],
  [
    'a name with a backslash',
    { 'app/..\\..\\x.yaml': 'a' },
    'SOURCE_REFUSED',
    'one with dots',
    { 'app/..x.yaml': 'a' },
  ],
  [
    'more files than allowed',
    Object.fromEntries([...'abcdefgh'].map((name) => [`app/${name}.yaml`, name])),
    'SOURCE_TOO_LARGE',
    'one file',
    { 'app/a.yaml': 'a' },
  ],
  [
    'files larger than allowed',
    { 'app/a.yaml': kilobytes(40) },
    'SOURCE_TOO_LARGE',
    'smaller ones, and a large one that is no manifest',
    { 'app/a.yaml': kilobytes(20), 'app/large.bin': kilobytes(40) },
  ],
  [
    'a small pack of a large file',
    { 'app/a.yaml': 'a'.repeat(5_000_000) },
    'SOURCE_TOO_LARGE',
    'a small file',
    { 'app/a.yaml': 'a' },
  ],
  [
    'a fetch larger than allowed',
    { 'app/a.yaml': 'a', 'video.bin': kilobytes(400) },
    'SOURCE_TOO_LARGE',
    'a smaller one',
    { 'app/a.yaml': 'a', 'video.bin': kilobytes(100) },
  ],
];

const inFiles: readonly Attempt[] = IN_FILES.map(([what, files, code, twin, like]) => ({
  ...{ kind: 'files', what, code, twin },
  attempt: async (grounds) => grounds.read(grounds.repositoryWith(files, LIMITS).source, 'app'),
  control: async (grounds) => {
    // The same branch, so that what was refused before does not stay.
    const { repository, source } = grounds.repositoryWith(files, LIMITS);
    await grounds.outcomeOf(grounds.read(source, 'app'));
    repository.commit(like);
    return grounds.read(source, 'app');
  },
}));

const RAW_NAMES = ['..', '.git', '.GIT', 'a/b', 'git~1', '.git\u200c'];

const inObjects: readonly Attempt[] = RAW_NAMES.map((name) => ({
  kind: 'objects',
  what: `a tree with an entry called ${JSON.stringify(name).replace('\u200c', '\\u200c')}`,
  code: 'SOURCE_REFUSED',
  twin: 'a tree written the same way',
  attempt: async (grounds) => {
    const { repository, source } = grounds.repositoryWith({});
    repository.commitRaw([{ name, content: 'a' }]);
    return grounds.read(source);
  },
  control: async (grounds) => {
    const { repository, source } = grounds.repositoryWith({});
    repository.commitRaw([{ name: 'a.yaml', content: 'a' }]);
    return grounds.read(source);
  },
}));

const pointedAt =
  (commit: keyof typeof JJ_COMMITS): Attempt['attempt'] =>
  async (grounds) => {
    const { repository, source } = grounds.repositoryWith({});
    writeJjCommits(repository);
    repository.git(['update-ref', 'refs/heads/main', JJ_COMMITS[commit].id]);
    return grounds.read(source, 'app');
  };

const conflict: Attempt = {
  ...{ kind: 'objects', what: 'a commit that jj has written with a conflict', code: 'SOURCE_REFUSED' },
  attempt: pointedAt('conflicted'),
  twin: 'one of its sides',
  control: pointedAt('other'),
};

export const FILES: readonly Attempt[] = [...inFiles, ...inObjects, conflict];
