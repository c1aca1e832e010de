import { drydock, mistake } from './testing-only/drydock';

/** What a cluster does is in cluster.real.test.ts; here is what is refused before anything is begun. */
test.each([
  [['up', '--nodes', '3'], '--nodes takes one of 1, 2, found "3"'],
  [['up', '--version', '1.30'], '--version takes one of 1.33, 1.34, 1.36, found "1.30"'],
  [['up', '--port', '65536'], '--port takes a number from 0 to 65535, found "65536"'],
  [['up', '--port=-1'], '--port takes a number from 0 to 65535, found "-1"'],
  [['up', '--port', '80.5'], '--port takes a number from 0 to 65535, found "80.5"'],
  [['up', '--port', 'http'], '--port takes a number from 0 to 65535, found "http"'],
  [['up', '--nodse', '1'], 'unknown option --nodse, did you mean --nodes?'],
  [['status', '--name', 'x'], 'unknown option --name'],
  [['kubeconfig', 'x'], 'unexpected argument "x": drydock cluster takes options only'],
  [['down', 'x'], 'unexpected argument "x": drydock cluster takes options only'],
  [['setup', 'x'], 'unexpected argument "x": drydock cluster takes options only'],
  [['exec'], 'exec takes a command after two dashes: drydock cluster exec -- kubectl get pods'],
  [
    ['exec', '--name', 'x', '--'],
    'exec takes a command after two dashes: drydock cluster exec -- kubectl get pods',
  ],
  [['exec', 'kubectl', '--'], 'unexpected argument "kubectl": drydock cluster takes options only'],
])('drydock cluster %j is refused in one sentence', async (argv, sentence) => {
  expect(await drydock('cluster', ...argv)).toEqual(mistake(sentence, 'drydock cluster --help'));
});

test.each([['kubeconfig'], ['down'], ['exec']])(
  '%s of a cluster that is not there says so',
  async (action) => {
    // Help that is asked of the command inside is not help that is asked of us.
    const command = action === 'exec' ? ['--', 'kubectl', '--help'] : [];
    const answer = await drydock('cluster', action, '--name', 'nowhere-at-all', ...command);
    expect(answer).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/NOT_RUNNING.*nowhere-at-all/),
    });
  },
);
