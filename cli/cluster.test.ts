import { clusterCommandOn, type Machine } from './cluster';
import { stateText } from './cluster-text';
import { drydock, mistake } from './testing-only/drydock';
import { listener } from './testing-only/listener';

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

describe('what is asked of the machine', () => {
  /** One that does nothing, has a cluster called `mine`, and keeps what it was asked. */
  function machine() {
    const asked: unknown[][] = [];
    const keep =
      (name: string, answer?: unknown) =>
      async (...given: unknown[]) => {
        asked.push([name, ...given]);
        return answer;
      };
    const mine = {
      id: 'mine',
      kubeconfig: '/there/kubeconfig',
      nodes: ['node1'],
      statuses: async () => ({ kubelet: '', etcd: 'exit status 1' }),
      runAttached: keep('run', 7),
    };
    const on = {
      attachCluster: (name: string) => {
        if (name !== 'mine') throw new Error(`no cluster ${name}`);
        return mine;
      },
      clusterStates: async () => [
        { id: 'mine', state: 'ready' },
        { id: 'other', state: 'left' },
      ],
      ensureBaseImage: async (progress: (line: string) => void) => progress('an image'),
      findCluster: (name: string) => (name === 'mine' ? mine : undefined),
      removeCluster: keep('remove'),
      setUpTools: async (names: readonly string[], progress: (line: string) => void) =>
        progress(`${names.length === 0 ? 'all' : 'some'} tools`),
      startCluster: async ({ signal: _, ...options }: Record<string, unknown>) => {
        asked.push(['start', options]);
        return { id: options.name, kubeconfig: '/there/kubeconfig' };
      },
      tool: async (name: string) => `/tools/${name}/bin`,
    };
    return { on: on as unknown as Machine, asked };
  }
  async function cluster(...argv: string[]) {
    const { on, asked } = machine();
    const { io, said } = listener();
    return { code: await clusterCommandOn(on, argv, io), asked, ...said };
  }

  const USUAL = { nodes: 1, controlPlaneOnly: false, version: '1.34', apiPort: 0, owner: 'none' };
  test.each<[readonly string[], object, string]>([
    [[], { name: 'drydock' }, ''],
    [['--name', 'mine', '--nodes', '2'], { name: 'mine', nodes: 2 }, ' --name mine'],
    [
      ['--control-plane-only', '--version', '1.36', '--port', '65535'],
      { name: 'drydock', controlPlaneOnly: true, version: '1.36', apiPort: 65_535 },
      '',
    ],
  ])(
    'up %j sets tools up, starts a cluster that stays, and says what to do with it',
    async (argv, options, named) => {
      const { code, out, err, asked } = await cluster('up', ...argv);
      expect({ code, err, asked }).toEqual({
        code: 0,
        err: 'all tools\n',
        asked: [['start', { ...USUAL, ...options }]],
      });
      const { name } = options as { readonly name: string };
      expect(out.replace(/after \d\.\d s/, 'after N s')).toBe(`cluster ${name} is ready after N s
  export KUBECONFIG=/there/kubeconfig
  drydock cluster exec${named} -- kubectl get nodes
  drydock cluster down${named}
`);
    },
  );

  test('up that is interrupted says that nothing is left of it; up that fails does not', async () => {
    const up = async (startCluster: unknown) => {
      const { io, said } = listener();
      const code = await clusterCommandOn({ ...machine().on, startCluster } as Machine, ['up'], io);
      return { code, ...said };
    };
    const interrupted = async ({ signal }: { readonly signal: AbortSignal }) => {
      process.emit('SIGINT', 'SIGINT');
      throw signal.reason;
    };
    expect(await up(interrupted)).toEqual({
      code: 130,
      out: '',
      err: 'all tools\ncluster drydock was given up; nothing of it is left\n',
    });
    const said = await up(async () => Promise.reject(new Error('no room'))).catch(String);
    expect(said).toBe('Error: no room');
  });

  test('status tells of each cluster, of one that is ready its components', async () => {
    expect((await cluster('status')).out).toBe(`cluster mine (1 node(s))
  etcd: ended, exit status 1
  kubelet: running
cluster other is unfinished: nothing of it runs, its files are left; \`drydock cluster down --name other\` removes it
`);
    const { io, said } = listener();
    await clusterCommandOn({ ...machine().on, clusterStates: async () => [] }, ['status'], io);
    expect(said.out).toBe('no cluster is running; start one with `drydock cluster up`\n');
  });

  test('kubeconfig is a path and nothing else', async () => {
    expect(await cluster('kubeconfig', '--name', 'mine')).toMatchObject({
      out: '/there/kubeconfig\n',
      err: '',
    });
  });

  test('exec runs the command in the cluster with kubectl and helm before all else, and its exit code is ours', async () => {
    const { code, asked } = await cluster('exec', '--name', 'mine', '--', 'kubectl', 'get', '--help');
    expect(code).toBe(7);
    const env = { PATH: `/tools/kubectl:/tools/helm-4:${process.env.PATH}` };
    expect(asked).toEqual([['run', 'kubectl', ['get', '--help'], { env }]]);
  });

  test('down removes a cluster in whatever state it is, and none that is not there', async () => {
    for (const name of ['mine', 'other'])
      expect(await cluster('down', '--name', name)).toMatchObject({
        code: 0,
        out: `cluster ${name} is gone\n`,
        asked: [['remove', name]],
      });
    await expect(cluster('down', '--name', 'none')).rejects.toThrow('no cluster none');
  });

  test('setup makes all that up needs, says so as it goes, and starts nothing', async () => {
    expect(await cluster('setup')).toEqual({ code: 0, out: '', err: 'all tools\nan image\n', asked: [] });
  });
});

test.each([
  ['starting', 'is starting;'],
  ['ending', 'is ending;'],
  ['silent', 'is starting or ending in this moment;'],
  ['left', 'is unfinished: nothing of it runs, its files are left;'],
] as const)('a cluster that is %s is told as that, with what removes it', async (state, words) => {
  expect(await stateText({ id: 'drydock', state }, () => undefined)).toBe(
    `cluster drydock ${words} \`drydock cluster down\` removes it\n`,
  );
});

test('a cluster that ends while it is looked at is told without its components', async () => {
  const silent = 'cluster a runs, but does not say how it is; `drydock cluster down --name a` removes it\n';
  expect(await stateText({ id: 'a', state: 'ready' }, () => undefined)).toBe(silent);
  const statuses = () => Promise.reject(new Error('gone'));
  expect(await stateText({ id: 'a', state: 'ready' }, () => ({ id: 'a', nodes: [], statuses }))).toBe(silent);
  const runs = { id: 'a', nodes: [], statuses: async () => ({ etcd: '' }) };
  expect(await stateText({ id: 'a', state: 'ready' }, () => runs)).toBe(
    'cluster a (control plane only)\n  etcd: running\n',
  );
});
