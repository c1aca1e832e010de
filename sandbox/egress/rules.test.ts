import { connect, createServer, type Server } from 'node:net';
import { refusal } from '../testing-only/scripted-runtime';
import { isOpen } from './addresses';
import { hostName, isAllowed, isHostPattern } from './host-name';
import { checkEgress, type EgressRepository } from './options';
import { connectTo } from './outside';
import type { Refused } from './refused';
import { askedOf, pathOf } from './repositories';
import { allowedTarget } from './tunnel';

// What goes out, and beside each refusal what is as near to it as can be and goes.

const HOSTS = ['example.com', '*.example.org', 'git.example.net'];

test.each(['example.com', 'EXAMPLE.com', 'a.example.org', 'a.b.example.org', 'git.example.net'])(
  'a tunnel to %s goes',
  (name) => expect(allowedTarget(`${name}:443`, HOSTS)).toBe(name.toLowerCase()),
);

test.each([
  ['host', 'other.com:443'],
  ['host', 'www.example.com:443'],
  ['host', 'example.org:443'],
  ['host', 'badexample.org:443'],
  ['host', 'example.com.evil.net:443'],
  ['request', 'example.com:80'],
  ['request', 'example.com:22'],
  ['request', 'example.com'],
  ['request', 'example.com:443:443'],
  ['request', 'example.com.:443'],
  ['request', 'user@example.com:443'],
  ['request', 'example.com/:443'],
  ['request', 'example.com\0.evil.net:443'],
  ['request', '93.184.215.14:443'],
  ['request', '169.254.169.254:443'],
  ['request', '[::1]:443'],
  ['request', '2130706433:443'],
  ['request', '0x7f.0.0.1:443'],
  ['request', '127.1:443'],
  ['request', 'localhost:443'],
  ['request', ''],
  ['request', undefined],
] as const)('a tunnel is refused for its %s: %s', (why, asked) => {
  expect(() => allowedTarget(asked, HOSTS)).toThrow(expect.objectContaining({ why }));
});

test('names are names, and patterns patterns', () => {
  expect(hostName('xn--bcher-kva.example')).toBe('xn--bcher-kva.example');
  for (const none of ['bücher.example', 'a..b', '-a.com', 'a.c0m.1', `${'a'.repeat(64)}.com`, 5]) {
    expect([none, hostName(none)]).toEqual([none, undefined]);
  }
  expect(['*.example.com', 'a.b'].map(isHostPattern)).toEqual([true, true]);
  expect(['*', '*.', 'a.*.com', '**.example.com', 'https://a.b', 'a.b:443'].some(isHostPattern)).toBe(false);
  expect(isAllowed('a.b', [])).toBe(false);
});

test.each([
  ['93.184.215.14', true, true],
  ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', true, true],
  ['127.0.0.1', false, false],
  ['::1', false, false],
  ['0.0.0.0', false, false],
  ['169.254.169.254', false, false],
  ['fe80::1', false, false],
  ['fd00:ec2::254', false, false],
  ['168.63.129.16', false, false],
  ['100.100.100.200', false, false],
  ['::ffff:10.0.0.1', false, false],
  ['::ffff:93.184.215.14', false, false],
  ['64:ff9b::a00:1', false, false],
  ['2002:a00:1::', false, false],
  ['224.0.0.1', false, false],
  ['10.0.0.1', false, true],
  ['172.16.0.1', false, true],
  ['172.32.0.1', true, true],
  ['192.168.1.1', false, true],
  ['fd00::1', false, true],
  ['no address', false, false],
])('an address %s is open: %s; where the host is private: %s', (address, isPublic, isPrivate) => {
  expect([isOpen(address, false), isOpen(address, true)]).toEqual([isPublic, isPrivate]);
});

describe('connections', () => {
  let server: Server;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => server.close());

  /** The last step of all leads to a server of this machine; which address was meant is written down. */
  const outside = (...answers: (readonly string[])[]) => ({
    resolve: async () => answers.shift() ?? [],
    connect: (address: string) => {
      asked.push(address);
      return connect((server.address() as { port: number }).port, '127.0.0.1');
    },
  });
  const whyOf = async (connecting: Promise<unknown>) =>
    connecting.then(
      () => 'connected',
      (error: Refused) => error.why,
    );

  test('a name is resolved once, and the connection goes to what was looked at', async () => {
    const rebinding = outside(['93.184.215.14'], ['127.0.0.1']);
    const socket = await connectTo(rebinding, 'example.com', 443, false);
    socket.destroy();
    expect(asked).toEqual(['93.184.215.14']);
    expect(await whyOf(connectTo(rebinding, 'example.com', 443, false))).toBe('address');
    expect(asked).toHaveLength(1);
  });

  test('one closed address among open ones is refused, and so is a name without any', async () => {
    expect(await whyOf(connectTo(outside(['93.184.215.14', '10.0.0.1']), 'a.b', 443, false))).toBe('address');
    expect(await whyOf(connectTo(outside([]), 'a.b', 443, false))).toBe('unresolved');
    expect(await whyOf(connectTo(outside(['10.0.0.1']), 'a.b', 443, true))).toBe('connected');
    expect(asked).toEqual(['10.0.0.1']);
  });

  test('an address that takes no connection is passed over, and all of them are told', async () => {
    const port = (server.address() as { port: number }).port;
    const broken = { ...outside(['93.184.215.14']), connect: () => connect(1, '127.0.0.1') };
    expect(await whyOf(connectTo(broken, 'a.b', 443, false))).toBe('unreachable');
    const ports = [1, port];
    const second = {
      ...outside(['1.1.1.1', '8.8.8.8']),
      connect: () => connect(ports.shift()!, '127.0.0.1'),
    };
    expect(await whyOf(connectTo(second, 'a.b', 443, false))).toBe('connected');
  });
});

const repository: EgressRepository = {
  url: 'https://git.example.com/team/project.git',
  username: 'robot',
  password: 'planted-hunter2',
};
const check = (options: object) => checkEgress({ where: 'egress' }, options);
const [fetching, pushing] = [repository, { ...repository, allowPush: true }].map(
  (one) => check({ repositories: [one] }).repositories,
);

test.each([
  ['GET', `${pathOf(0)}/info/refs?service=git-upload-pack`],
  ['POST', `${pathOf(0)}/git-upload-pack`],
])('a repository is fetched: %s %s', (method, url) => {
  expect(askedOf(method, url, fetching!).repository.path).toBe('/team/project.git');
});

test.each([
  ['repository', 'GET', '/repository/0/info/refs?service=git-receive-pack'],
  ['repository', 'POST', '/repository/0/git-receive-pack'],
  ['repository', 'GET', '/repository/0/info/refs?service=git-upload-pack&x=1'],
  ['repository', 'GET', '/repository/0/../other.git/info/refs?service=git-upload-pack'],
  ['repository', 'GET', '/repository/0/%2e%2e/info/refs?service=git-upload-pack'],
  ['repository', 'POST', '/repository/0/info/lfs/objects/batch'],
  ['repository', 'GET', '/repository/0/'],
  ['request', 'GET', '/repository/1/info/refs?service=git-upload-pack'],
  ['request', 'GET', '/repository/00000/info/refs?service=git-upload-pack'],
  ['request', 'GET', '/repository/0'],
  ['request', 'GET', 'https://git.example.com/team/project.git/info/refs?service=git-upload-pack'],
  ['request', 'GET', '/'],
] as const)('and nothing else is asked of it: %s for %s %s', (why, method, url) => {
  expect(() => askedOf(method, url, fetching!)).toThrow(expect.objectContaining({ why }));
});

test('pushing is a word of its own', () => {
  expect(askedOf('POST', '/repository/0/git-receive-pack', pushing!).rest).toBe('/git-receive-pack');
});

test.each<[string, object]>([
  ['a host that is an address', { hosts: ['10.0.0.1'] }],
  ['a host with a scheme', { hosts: ['https://example.com'] }],
  ['every host', { hosts: ['*'] }],
  ['hosts that are no list', { hosts: 'example.com' }],
  ['no connections', { maxConnections: 0 }],
  ['more connections than there are places', { maxConnections: 25 }],
  ['no bytes', { maxBytes: 0 }],
  ['a repository over http', { repositories: [{ ...repository, url: 'http://git.example.com/a.git' }] }],
  ['a repository at an address', { repositories: [{ ...repository, url: 'https://10.0.0.1/a.git' }] }],
  [
    'a repository with a user',
    { repositories: [{ ...repository, url: 'https://planted-hunter2@git.example.com/a' }] },
  ],
  [
    'a repository with a query',
    { repositories: [{ ...repository, url: 'https://git.example.com/a?t=planted-hunter2' }] },
  ],
  ['a repository that climbs', { repositories: [{ ...repository, url: 'https://git.example.com/a/../b' }] }],
  ['a password of two lines', { repositories: [{ ...repository, password: 'planted-hunter2\r\nx: y' }] }],
  ['no password', { repositories: [{ ...repository, password: '' }] }],
  ['a token that is not set', { repositories: [{ ...repository, password: undefined }] }],
  ['a token without a name', { repositories: [{ ...repository, username: undefined }] }],
  ['a repository that is none', { repositories: [null] }],
  ['a listener that is none', { onEvent: 5 }],
])('%s is refused, without the secret', async (_what, options) => {
  const error = await refusal(Promise.resolve().then(() => check(options)));
  expect(error.code).toBe('ArgumentInvalid');
  expect(error.message).not.toContain('planted-hunter2');
});

test('the same as it should be is taken', () => {
  const taken = check({ hosts: HOSTS, repositories: [repository], maxConnections: 24, maxBytes: 1 });
  expect(taken.repositories[0]).toMatchObject({
    host: 'git.example.com',
    port: 443,
    path: '/team/project.git',
  });
  const { url } = repository;
  expect(check({ repositories: [{ url }] }).repositories[0]?.authorization).toBeUndefined();
});
