import { complaintOf } from './git-complaint';
import { checkUrl, folderOf, refOf, toldUrl } from './git-url';
import { objectsIn } from './object-batch';
import { readTree, refuseOddEntries } from './tree-entries';

// What git prints and what it is given, without git; git-repository.real.test.ts asks the real one.

const ID = 'a'.repeat(40);
const LONG_ID = 'b'.repeat(64);

describe('a list of a tree', () => {
  test('is read entry by entry, with names of any characters', () => {
    const out = [
      `100644 blob ${ID}      12\ta.yaml`,
      `160000 commit ${LONG_ID}       -\tsub`,
      `100755 blob ${ID} 1234567\tx/with\tand\n.yaml`,
      'no entry',
      '',
    ].join('\0');
    expect(readTree(Buffer.from(out))).toEqual([
      { mode: '100644', id: ID, size: 12, path: 'a.yaml' },
      { mode: '160000', id: LONG_ID, size: 0, path: 'sub' },
      { mode: '100755', id: ID, size: 1_234_567, path: 'x/with\tand\n.yaml' },
    ]);
    expect(readTree(Buffer.from(`1006444 blob ${ID} 1\ta`))).toEqual([]);
    expect(readTree(Buffer.from(`100644 blob ${ID}x 1\ta`))).toEqual([]);
  });

  const entry = (path: string, mode = '100644') => ({ mode, id: ID, size: 1, path });
  test.each([
    ['a link', entry('a', '120000'), 'a symbolic link', 'put the file itself there'],
    ['a submodule', entry('a', '160000'), 'a submodule', 'put the file itself there'],
    ['a conflict of jj', entry('.jjconflict-base-0/a'), 'a conflict of jj', 'resolve it'],
    ['a conflict of jj below', entry('x/.jjconflict-side-1/a'), 'a conflict of jj', 'resolve it'],
    ['the note of one', entry('JJ-CONFLICT-README'), 'a conflict of jj', 'resolve it'],
    ['the way up', entry('a/../b'), 'a name that leads elsewhere', 'put the file itself there'],
    ['the folder of git', entry('a/.GIT/config'), 'a name that leads elsewhere', 'put the file itself there'],
    ['a line end in a name', entry('a\nb'), 'a name that leads elsewhere', 'put the file itself there'],
    ['a backslash', entry('a\\b'), 'a name that leads elsewhere', 'put the file itself there'],
  ])('with %s is refused by its name', (_what, odd, found, remedy) => {
    expect(() => refuseOddEntries([entry('fine'), odd], 9, 'here')).toThrow(
      expect.objectContaining({
        ...{ code: 'SOURCE_REFUSED', where: `here ${JSON.stringify(odd.path)}`, expected: 'plain files' },
        ...{ found: expect.stringContaining(found), remedy: expect.stringContaining(remedy) },
      }),
    );
  });

  test('of plain files is taken, whatever reminds of the above, and so many and no more', () => {
    const plain = [
      'a.git',
      '.github/x',
      'x/...',
      'a..b',
      '.jjconfig',
      'MY-JJ-CONFLICT-README.md',
      'x/JJ-CONFLICT-README.x',
    ];
    const entries = [...plain.map((path) => entry(path)), entry('run', '100755')];
    expect(() => refuseOddEntries(entries, entries.length, 'here')).not.toThrow();
    expect(() => refuseOddEntries(entries, entries.length - 1, 'here')).toThrow(
      expect.objectContaining({
        ...{
          code: 'SOURCE_TOO_LARGE',
          where: 'here',
          found: '8 files below the folder',
          expected: 'at most 7',
        },
        remedy: expect.stringContaining('the folder of this Application alone'),
      }),
    );
  });
});

test('a batch of objects is cut by its sizes, also where a content looks like the next head', () => {
  const tricky = `${ID} blob 3\nabc\n`;
  const answers = [`${ID} blob ${tricky.length}\n${tricky}\n`, 'gone missing\n', `${LONG_ID} tree 0\n\n`];
  expect(objectsIn(Buffer.from(answers.join('')), 3)).toEqual([
    { id: ID, type: 'blob', content: Buffer.from(tricky) },
    undefined,
    { id: LONG_ID, type: 'tree', content: Buffer.from('') },
  ]);
  expect(objectsIn(Buffer.from(`${ID} blob 1\nx\n`), 2)).toEqual([
    { id: ID, type: 'blob', content: Buffer.from('x') },
    undefined,
  ]);
  expect(objectsIn(Buffer.from(''), 0)).toEqual([]);
});

describe('what is given to git', () => {
  test.each([
    ['main', 'refs/heads/main'],
    ['release/1.4', 'refs/heads/release/1.4'],
    ['_x+y', 'refs/heads/_x+y'],
  ])('the branch %s is %s', (branch, ref) => expect(refOf(branch)).toBe(ref));

  test.each([
    '',
    '-x',
    '--upload-pack=x',
    'a..b',
    'a/',
    '/a',
    'a//b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a./b',
    'a b',
    'a:b',
    'a~1',
    '.a',
  ])('no branch is called %p', (branch) => {
    expect(() => refOf(branch)).toThrow(
      expect.objectContaining({
        ...{ code: 'SOURCE_INVALID', where: 'spec.source', found: `branch ${JSON.stringify(branch)}` },
        expected: 'a name such as `main` or `release/1.4`',
        remedy: expect.stringContaining('credentials belong into the Secret'),
      }),
    );
  });

  test('a folder is one of the repository, and `.` its root', () => {
    expect(['', '.', 'apps/shop', 'a b/c.d', '@x/+y'].map(folderOf)).toEqual([
      '',
      '',
      'apps/shop',
      'a b/c.d',
      '@x/+y',
    ]);
    for (const path of [
      '/a',
      'a/',
      'a//b',
      '..',
      'a/..',
      '../a',
      'a/./b',
      '-a',
      'a/-b',
      'a:b',
      'a\nb',
      ':(top)',
    ])
      expect(() => folderOf(path)).toThrow(
        expect.objectContaining({ code: 'SOURCE_INVALID', found: `path ${JSON.stringify(path)}` }),
      );
  });

  test('an address is https with a path, and is told without what may be a password', () => {
    for (const url of ['https://git.example.com/a', 'https://[::1]:8443/team/shop.git', 'https://h/a/b.c'])
      expect(() => checkUrl(url)).not.toThrow();
    for (const url of [
      'http://h/a',
      'https://h',
      'https://h/',
      'https://u:p@h/a',
      'https://h/a?b',
      'https://h/a#b',
      'file:///a',
      '-u',
      'xhttps://h/a',
    ])
      expect(() => checkUrl(url)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }));
    expect(toldUrl('https://user:secret@h/a?token=x')).toBe('"https://...@h/a?..."');
    expect(toldUrl('https://h/a#x')).toBe('"https://h/a?..."');
    expect(toldUrl('https://h/a')).toBe('"https://h/a"');
  });
});

describe('what git complains of', () => {
  const said = (err: string, code: number | null = 128) =>
    complaintOf('https://h/a', { code, err, out: Buffer.from('') } as never, 'main');

  test.each([
    ['fatal: Authentication failed for https://u:hunter2@h', 'SOURCE_DENIED', 'credentials'],
    [
      'fatal: could not read Username for https://h: terminal prompts disabled',
      'SOURCE_DENIED',
      'credentials',
    ],
    ['error: The requested URL returned error: 403', 'SOURCE_DENIED', 'credentials'],
    ['fatal: HTTP 401', 'SOURCE_DENIED', 'credentials'],
    ['The requested URL returned error: 404', 'SOURCE_UNREACHABLE', 'no such repository'],
    ["fatal: repository 'https://h/a/' not found", 'SOURCE_UNREACHABLE', 'no such repository'],
    ['The requested URL returned error: 302', 'SOURCE_UNREACHABLE', 'sends elsewhere'],
    ['fatal: unable to update url base from redirection:', 'SOURCE_UNREACHABLE', 'sends elsewhere'],
    ['SSL certificate problem: self-signed', 'SOURCE_UNREACHABLE', 'not trusted'],
    ["fatal: transport 'ext' not allowed", 'SOURCE_INVALID', 'not'],
    ['fatal: fsck error in packed object', 'SOURCE_REFUSED', 'objects that git does not take'],
    ['fatal: remote did not send all necessary objects', 'SOURCE_REFUSED', 'objects that git does not take'],
    ['write error: No space left on device', 'SOURCE_UNREACHABLE', 'a full disk'],
    ['Could not resolve host: h', 'SOURCE_UNREACHABLE', 'no connection'],
    ['Failed to connect to h port 443: Connection refused', 'SOURCE_UNREACHABLE', 'no connection'],
    ['Operation too slow. Less than 1000 bytes/sec', 'SOURCE_UNREACHABLE', 'no connection'],
    ["fatal: couldn't find remote ref refs/heads/main", 'BRANCH_MISSING', 'no such branch'],
    [
      'No ED25519 host key is known for h\nHost key verification failed.\nfatal: Could not read from remote repository',
      'HOST_KEY_UNKNOWN',
      'another key than `known_hosts`',
    ],
    ['git@h: Permission denied (publickey).', 'SOURCE_DENIED', 'a key that the server does not take'],
    ['Load key "key": error in libcrypto', 'SOURCE_DENIED', 'a key that the server does not take'],
    ["fatal: '/a' does not appear to be a git repository", 'SOURCE_UNREACHABLE', 'no such repository'],
    ['ssh: connect to host h port 22: Connection refused', 'SOURCE_UNREACHABLE', 'no connection'],
    ['kex_exchange_identification: Connection closed by remote host', 'SOURCE_UNREACHABLE', 'no connection'],
    ['ssh -F /dev/null: 1: ssh: not found', 'GIT_MISSING', 'no ssh program'],
    ['error: cannot run ssh: No such file or directory', 'GIT_MISSING', 'no ssh program'],
    ['No user exists for uid 1000', 'GIT_MISSING', 'no ssh program that runs as this user'],
    ['odd words with hunter2', 'SOURCE_UNREACHABLE', 'a git that ended with 128'],
  ])('%s: %s', (err, code, found) => {
    const error = said(err);
    expect(error).toMatchObject({
      ...{ name: 'GitopsError', code, where: 'https://h/a branch "main"' },
      ...{ found: expect.stringContaining(found), expected: 'a repository that can be read' },
      remedy: expect.stringMatching(/.{10}/),
    });
    expect(error.message).not.toContain('hunter2');
  });

  test('of one that was killed is told that', () => {
    expect(said('', null).found).toBe('a git that ended with a signal');
    expect(said('', null).remedy).toContain('run `git ls-remote`');
  });
});
