import { Credentials } from '../../source/credentials';
import type { Attempt } from './attempt';
import type { Grounds } from './grounds';

const URLS = [
  'ext::sh -c touch% /tmp/x',
  'file:///etc',
  'http://127.0.0.1/x.git',
  'http://169.254.169.254/latest/meta-data',
  '--upload-pack=touch',
  'https://user:secret@example.com/x.git',
  'https://example.com/x.git#main',
  'https://example.com/x\n.git',
  'https://-oProxyCommand=x/y.git',
  'ssh://git@-oProxyCommand=touch/x.git',
  'ssh://-oProxyCommand=touch@example.com/x.git',
  'ssh://git:secret@example.com/x.git',
  'git@example.com:x.git',
  'git://example.com/x.git',
  '/etc',
];
const BRANCHES = [
  '--upload-pack=touch',
  '../../config',
  'main:refs/heads/x',
  'a..b',
  'main.lock',
  '@{-1}',
  '',
];
const PATHS = ['..', 'a/../..', '/etc', '-a', 'a//b', 'a\nb', 'a:b', '../x', 'a/..', ':(top)a'];

const GOOD = { 'a/b/c.yaml': 'a', '..a/x.yaml': 'x' };
const twinOf = { url: 'the address of the repository', branch: '`main`', path: '`a/b`, and `..a`' };

const urls: readonly Attempt[] = URLS.map((url) => ({
  ...{ kind: 'addresses', what: `the address \`${JSON.stringify(url)}\``, code: 'SOURCE_INVALID' },
  attempt: (grounds) => unasked(grounds, () => grounds.repositoryWith(GOOD).at(url, withKey(grounds))),
  twin: twinOf.url,
  control: async (grounds) => grounds.read(grounds.repositoryWith(GOOD).source, 'a'),
}));

const branches: readonly Attempt[] = BRANCHES.map((branch) => ({
  ...{ kind: 'addresses', what: `the branch \`${JSON.stringify(branch)}\``, code: 'SOURCE_INVALID' },
  attempt: async (grounds) => {
    const { at, url } = grounds.repositoryWith(GOOD);
    return unasked(grounds, () => at(url, grounds.password(), branch));
  },
  twin: twinOf.branch,
  control: async (grounds) => grounds.read(grounds.repositoryWith(GOOD).source, 'a'),
}));

const paths: readonly Attempt[] = PATHS.map((path) => ({
  ...{ kind: 'addresses', what: `the path \`${JSON.stringify(path)}\``, code: 'SOURCE_INVALID' },
  attempt: async (grounds) => grounds.read(grounds.repositoryWith(GOOD).source, path),
  twin: twinOf.path,
  control: async (grounds) => {
    const { source } = grounds.repositoryWith(GOOD);
    for (const good of ['', '.', 'a', 'a/b', '..a']) await grounds.read(source, good);
  },
}));

/** So that an address over ssh is not refused for want of a key. */
function withKey({ server }: Grounds): Credentials {
  const { username, password, ca } = server;
  return new Credentials({ username, password, 'ca.crt': ca, 'ssh-privatekey': 'k', known_hosts: 'h' });
}

/** It has to be refused before the server is asked anything. */
async function unasked({ server }: Grounds, open: () => unknown): Promise<void> {
  const before = server.asked.length;
  let refused: unknown;
  try {
    open();
  } catch (error) {
    refused = error;
  }
  if (server.asked.length !== before) throw new Error('the server was asked');
  if (refused) throw refused;
}

export const ADDRESSES: readonly Attempt[] = [...urls, ...branches, ...paths];
