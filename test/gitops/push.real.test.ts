import { createHmac } from 'node:crypto';
import { until } from '../../cluster';
import { SshServer } from '../../gitops/testing-only/ssh-server';
import { command, needs } from '../support/needs';
import { configMaps, type Followed, gitopsWorld, neverHealthy } from './world';

jest.setTimeout(600_000);

/** What a forge tells wakes the Applications of a branch, with the controller as processes and an interval that never comes. */

const SECRET = 'correct-horse-battery';
const world = gitopsWorld();
beforeAll(() => {
  // One of them leads: what the other one takes has to reach it.
  world.startController({ pushSecret: SECRET });
  world.startController({ pushSecret: SECRET });
});

/** As GitHub tells it. */
async function tell(app: Followed, nth: number, { branch = 'main', secret = SECRET } = {}): Promise<number> {
  const clone_url = world.server.urlOf(app.namespace);
  const body = JSON.stringify({ ref: `refs/heads/${branch}`, repository: { clone_url } });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const { status } = await fetch(`http://127.0.0.1:${await world.pushPort(nth)}/push`, {
    ...{ method: 'POST', body },
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  return status;
}

/** How often the repository was asked since. */
const askedOf = ({ namespace }: Followed) => {
  const asked = () => world.server.asked.filter((one) => one.includes(`/${namespace}.git/`)).length;
  const before = asked();
  return () => asked() - before;
};

test('a push that is told to any replica is in the cluster long before the interval', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '0' }) }, { interval: '24h' });
  await app.healthyAt(app.repository.head());
  for (const nth of [0, 1, 0, 1]) {
    const x = String(Math.random());
    app.repository.commit({ 'app/a.yaml': configMaps({ a: x }) });
    const begun = performance.now();
    expect(await tell(app, nth)).toBe(202);
    await until('it to be applied', async () => (await app.configMaps()).a === x, { everyMs: 50 });
    console.log(`from the push to the cluster: ${Math.round(performance.now() - begun)} ms`);
    await app.healthyAt(app.repository.head());
  }
});

test('what another has signed, and what is told of another branch, asks the repository nothing', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) }, { interval: '24h' });
  await app.healthyAt(app.repository.head());
  const asked = askedOf(app);
  for (let time = 0; time < 50; time += 1)
    expect(await tell(app, time % 2, { secret: 'wrong-horse-battery' })).toBe(401);
  expect(await tell(app, 0, { branch: 'other' })).toBe(202);
  const next = app.repository.commit({ 'app/a.yaml': configMaps({ a: '2' }) });
  expect(asked()).toBe(0);
  // The control, which comes behind all of these.
  expect(await tell(app, 0)).toBe(202);
  await app.healthyAt(next);
  expect(asked()).toBeGreaterThan(0);
});

test('a message that is sent again and again costs some questions, and changes nothing', async () => {
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: '1' }) }, { interval: '24h' });
  await app.healthyAt(app.repository.head());
  const version = () => app.kubectl('get', 'configmap', 'a', '-o', 'jsonpath={.metadata.resourceVersion}');
  const before = await version();
  const asked = askedOf(app);
  const begun = performance.now();
  const answers: number[] = [];
  // No more at once than it has connections for.
  for (let round = 0; round < 10; round += 1)
    answers.push(...(await Promise.all(Array.from({ length: 30 }, (_, nth) => tell(app, nth % 2)))));
  const seconds = (performance.now() - begun) / 1_000;
  expect(new Set(answers)).toEqual(new Set([202]));
  const next = app.repository.commit({ 'app/a.yaml': configMaps({ a: '1' }), 'app/read.me': 'x' });
  expect(await tell(app, 0)).toBe(202);
  await app.healthyAt(next);
  expect(await version()).toBe(before);
  // Two replicas note four times a second each; a question is two requests.
  expect(asked()).toBeLessThan(2 * (8 * seconds + 10));
});

test('a commit that never becomes healthy is left for the one that mends it as soon as that is told', async () => {
  const app = await world.follow(
    { 'app/a.yaml': `${configMaps({ a: '1' })}---\n${neverHealthy('never')}` },
    { interval: '24h', timeout: '2h' },
  );
  await app.until('it to be waited for', ({ phase }) => phase === 'Syncing');
  await until('its objects', async () => (await app.configMaps()).a === '1');
  const mended = app.repository.commit({ 'app/a.yaml': configMaps({ a: '2' }) });
  expect(await tell(app, 1)).toBe(202);
  await app.healthyAt(mended);
});

needs(command('sshd', 'make tools installs it; elsewhere openssh-server does')).test(
  'over ssh a server that shows another key is told, and it is well again once the Secret knows it',
  async () => {
    const ssh = await new SshServer().start();
    try {
      const repository = ssh.repository('shop');
      const first = repository.commit({ 'app/a.yaml': configMaps({ a: '1' }) });
      const source = { url: ssh.urlOf('shop'), path: 'app', secret: 'ssh' };
      const app = await world.follow({ 'app/a.yaml': configMaps({ a: '0' }) }, {}, { source });
      const knowing = async (knownHosts: string) => {
        await app.kubectl('delete', 'secret', 'ssh', '--ignore-not-found');
        const from = [
          `--from-file=ssh-privatekey=${ssh.user.file}`,
          `--from-literal=known_hosts=${knownHosts}`,
        ];
        await app.kubectl('create', 'secret', 'generic', 'ssh', ...from);
      };
      await knowing(ssh.knownHosts);
      await app.healthyAt(first);

      await ssh.changeHostKey();
      const told = await app.until('the other key to be told', ({ phase, conditions = [] }) => {
        return phase === 'Degraded' && conditions.some(({ reason }) => reason === 'HostKeyUnknown');
      });
      expect(told.message).toContain('`known_hosts`');
      expect(JSON.stringify(told)).not.toContain(ssh.user.key.split('\n')[1]);
      expect(await app.configMaps()).toEqual({ a: '1' });

      const next = repository.commit({ 'app/a.yaml': configMaps({ a: '2' }) });
      await knowing(ssh.knownHosts);
      await app.healthyAt(next);
    } finally {
      await ssh.remove();
    }
  },
);
