import { markOf, repositoryOf } from '../source/mark';
import { pushOf } from './push';

const HTTPS = 'https://git.example.com/team/shop.git';

test.each([
  'https://git.example.com/team/shop',
  'https://GIT.example.com:8443/Team/shop.git/',
  'https://git.example.com//team/shop.git',
  'https://robot@git.example.com/team/shop.git',
  'ssh://git@git.example.com/team/shop.git',
  'ssh://git@git.example.com:2222/team/shop.git',
  'git@git.example.com:team/shop.git',
  'git://git.example.com/team/shop.git',
])('%s is the same repository', (url) => {
  expect(repositoryOf(url)).toBe('git.example.com/team/shop');
  expect(markOf(url, 'main')).toBe(markOf(HTTPS, 'main'));
  expect(markOf(url, 'next')).not.toBe(markOf(HTTPS, 'main'));
});

test.each([
  'https://git.example.com/team/shops.git',
  'https://git.example.org/team/shop.git',
  'https://git.example.com.evil.com/team/shop.git',
  'https://git.example.com@evil.com/team/shop.git',
])('%s is another one', (url) => {
  expect(repositoryOf(url)).toBeDefined();
  expect(markOf(url, 'main')).not.toBe(markOf(HTTPS, 'main'));
});

test.each([
  '',
  'x',
  '/etc/passwd',
  'file:///etc',
  'https://git.example.com',
  'https://git.example.com/',
  'https://a b/c',
  'c:\\x',
])('%j is none', (url) => {
  expect(url === 'c:\\x' ? undefined : markOf(url, 'main')).toBeUndefined();
});

const github = {
  ref: 'refs/heads/main',
  repository: { clone_url: HTTPS, ssh_url: 'git@git.example.com:team/shop.git' },
};
const gitlab = {
  ref: 'refs/heads/main',
  project: {
    git_http_url: HTTPS,
    git_ssh_url: 'git@ssh.example.com:team/shop.git',
    web_url: 'https://git.example.com/team/shop',
  },
};
const of = (message: unknown) => pushOf(typeof message === 'string' ? message : JSON.stringify(message));

test('a push says its branch, and its repository in each way it is addressed', () => {
  expect(of(github)).toEqual({ branch: 'main', marks: [markOf(HTTPS, 'main')] });
  expect(of(gitlab)).toEqual({
    branch: 'main',
    marks: [markOf(HTTPS, 'main'), markOf('ssh://git@ssh.example.com/team/shop', 'main')],
  });
  expect(of({ ...github, ref: 'refs/heads/release/1.4' })).toMatchObject({ branch: 'release/1.4' });
  expect(of({ ...github, ref: 'refs/tags/v1' })).toBeUndefined();
});

test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['a list', [github]],
  ['nothing', 'null'],
  ['no ref', { repository: github.repository }],
  ['a ref that is no text', { ...github, ref: 7 }],
  ['a ref without end', { ...github, ref: `refs/heads/${'a'.repeat(3000)}` }],
  ['no repository', { ref: github.ref }],
  ['a repository that is no object', { ref: github.ref, repository: 'x' }],
  ['addresses that are no texts', { ref: github.ref, repository: { clone_url: 7, ssh_url: {} } }],
  ['addresses that are none', { ref: github.ref, repository: { clone_url: 'file:///etc' } }],
  ['an address without end', { ref: github.ref, repository: { clone_url: `${HTTPS}${'a'.repeat(3000)}` } }],
])('%s is no message of a push', (_what, message) => {
  expect(of(message)).toBe('invalid');
});
