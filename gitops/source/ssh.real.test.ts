import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { command, needs } from '../../test/support/needs';
import { GitopsError } from '../errors';
import { SshServer } from '../testing-only/ssh-server';
import { Credentials, credentialsIn } from './credentials';
import { Sources } from './sources';
import { SSH_COMMAND } from './ssh';

jest.setTimeout(120_000);

const openssh = 'make tools installs it; elsewhere openssh-server and openssh-client do';
const tests = needs(command('sshd', openssh), command('ssh', openssh), command('ssh-keygen', openssh));

tests.describe('a repository over ssh', () => {
  let server: SshServer;
  let count = 0;
  beforeAll(async () => {
    server = await new SshServer().start();
  });
  afterAll(() => server.remove());

  const good = () => ({ 'ssh-privatekey': server.user.key, known_hosts: server.knownHosts });
  function repository(limits = {}) {
    count += 1;
    const name = `repository-${count}`;
    const bare = server.repository(name);
    bare.commit({ 'a.yaml': String(count) });
    const folder = join(server.folder, `sources-${count}`);
    const sources = new Sources({ folder, limits });
    const at = (data: object = good(), url = server.urlOf(name)) =>
      sources.of({ url, branch: 'main' }, new Credentials(data));
    return { bare, folder, at };
  }
  const secretsOf = (text: string) =>
    text.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  const codeOf = async (work: () => Promise<unknown>) => {
    try {
      await work();
      return 'accepted';
    } catch (error) {
      if (!(error instanceof GitopsError)) throw error;
      for (const line of secretsOf(server.user.key)) expect(error.message).not.toContain(line);
      return error.code;
    }
  };

  test('is read, and again after each push, with a key that only this process may read', async () => {
    const { bare, folder, at } = repository();
    const source = at();
    const read = async () => {
      const files = await source.files(await source.tree(await source.revision(0), ''), ['.yaml']);
      return files.map(({ content }) => content.toString());
    };
    expect(await read()).toEqual([String(count)]);
    bare.commit({ 'a.yaml': 'more' });
    expect(await read()).toEqual(['more']);
    const [own = ''] = readdirSync(folder);
    expect(statSync(join(folder, own, 'key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, own, 'key'), 'utf8')).toBe(server.user.key);
  });

  test('a host key that is not the known one is told, and it is well again once either of them is right', async () => {
    const { at } = repository();
    const before = server.knownHosts;
    const ask = (data: object) => codeOf(() => at(data).revision(0));
    expect(await ask({ ...good(), known_hosts: 'other.example.com ssh-ed25519 AAAA' })).toBe(
      'HOST_KEY_UNKNOWN',
    );
    expect(await ask({ ...good(), known_hosts: `@revoked ${before}` })).toBe('HOST_KEY_UNKNOWN');
    expect(await ask(good())).toBe('accepted');
    await server.changeHostKey();
    expect(await ask({ ...good(), known_hosts: before })).toBe('HOST_KEY_UNKNOWN');
    expect(await ask(good())).toBe('accepted');
  });

  test('a key that the server does not take is told, and it is well again once it does', async () => {
    const { at } = repository();
    const other = server.newKey('other');
    expect(await codeOf(() => at({ ...good(), 'ssh-privatekey': other.key }).revision(0))).toBe(
      'SOURCE_DENIED',
    );
    const source = at();
    expect(await codeOf(() => source.revision(0))).toBe('accepted');
    server.authorize(other.publicKey);
    expect(await codeOf(() => source.revision(0))).toBe('SOURCE_DENIED');
    expect(await codeOf(() => at({ ...good(), 'ssh-privatekey': other.key }).revision(0))).toBe('accepted');
    server.authorize(server.user.publicKey);
    expect(await codeOf(() => source.revision(0))).toBe('accepted');
  });

  test('an agent of whoever runs the controller is not asked', async () => {
    const { at } = repository();
    const stranger = server.newKey('stranger');
    const socket = join(server.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const before = process.env.SSH_AUTH_SOCK;
    process.env.SSH_AUTH_SOCK = socket;
    try {
      for (let tries = 0; tries < 200 && !readdirSync(server.folder).includes('agent'); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      execFileSync('ssh-add', ['-q', server.user.file], { stdio: 'ignore', env: process.env });
      // The control: with it the server would let us in.
      const [, host = '', path = ''] =
        /^ssh:\/\/([^/]+)(.*)$/.exec(server.urlOf(`repository-${count}`)) ?? [];
      const [user = '', port = ''] = [host.split('@')[0], host.split(':')[1]];
      const ask = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
      const args = [...ask, '-p', port, `${user}@127.0.0.1`, `ls ${path}`];
      expect(
        execFileSync('ssh', args, { stdio: ['ignore', 'pipe', 'ignore'], env: process.env }).toString(),
      ).toContain('HEAD');
      expect(await codeOf(() => at({ ...good(), 'ssh-privatekey': stranger.key }).revision(0))).toBe(
        'SOURCE_DENIED',
      );
    } finally {
      agent.kill('SIGKILL');
      if (before === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = before;
    }
  });

  test('a repository that is not there, a server that is away, and one that says nothing are told', async () => {
    const { at } = repository();
    expect(await codeOf(() => at(good(), server.urlOf('none')).revision(0))).toBe('SOURCE_UNREACHABLE');
    await server.stop();
    expect(await codeOf(() => at().revision(0))).toBe('SOURCE_UNREACHABLE');
    await server.start();
    expect(await codeOf(() => at().revision(0))).toBe('accepted');

    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { readonly port: number };
    const address = `ssh://git@127.0.0.1:${port}/x.git`;
    expect(await codeOf(() => repository({ timeoutMs: 1_500 }).at(good(), address).revision(0))).toBe(
      'SOURCE_UNREACHABLE',
    );
    silent.close();
  });

  test('a key with a passphrase, of either format, is told before anybody is asked', () => {
    const locked = server.newKey('locked', 'hunter2');
    const pem = join(server.folder, 'pem');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'hunter2', '-f', pem]);
    const of = (key: string) => {
      const data = { 'ssh-privatekey': key, known_hosts: server.knownHosts };
      const encoded = Object.entries(data).map(([name, text]) => [
        name,
        Buffer.from(text).toString('base64'),
      ]);
      return codeOf(async () => credentialsIn('Secret a/b', Object.fromEntries(encoded)));
    };
    return Promise.all([of(locked.key), of(readFileSync(pem, 'utf8')), of(server.user.key)]).then((codes) =>
      expect(codes).toEqual(['SECRET_INVALID', 'SECRET_INVALID', 'accepted']),
    );
  });

  test('this ssh knows every option, and takes none from elsewhere', () => {
    const [program = '', ...args] = SSH_COMMAND.split(' ');
    const said = execFileSync(program, [...args, '-G', 'git.example.com'], { encoding: 'utf8' });
    const values = new Map(
      said.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]),
    );
    const wanted = args.flatMap((arg) => /^(\w+)=(.*)$/.exec(arg)?.slice(1, 3).join(' ') ?? []);
    const told = wanted.filter((one) => values.has(one.split(' ')[0]!.toLowerCase()));
    expect(told.length).toBeGreaterThan(20);
    for (const one of told) {
      const [name = '', value = ''] = one.split(' ');
      const same: Readonly<Record<string, string>> = { yes: 'true', no: 'false' };
      expect([name, [value, same[value]].includes(values.get(name.toLowerCase()))]).toEqual([name, true]);
    }
  });
});
