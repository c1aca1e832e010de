import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUSYBOX_IMAGE, type Cluster, startCluster, until } from '../../cluster';
import { freePort } from '../../workloads/shared/testing/free-port';
import { open, picture, startBrowser } from '../../workloads/todo-frontend/testing/page';
import { temporaryFolder } from '../package/consumer';
import { linux, needs, root } from '../support/needs';
import { workloadScripts } from '../workloads/workload-scripts';
import { type Build, SOCKETS_WORK, slow, thirtyBuilds } from './builds';
import { ComposeContainer, composeService } from './compose';
import { type Became, FixerClient } from './fixer-client';
import {
  bringFixer,
  type FixerOnCluster,
  installFixer,
  KEY,
  LLM_API_KEY,
  MODEL_PORT,
  PIDS,
  QUOTA,
  writeCharts,
} from './fixer-on-cluster';

// The first run packs the library and builds two images; the next ones find them.
jest.setTimeout(1_200_000);

const [FIRST] = thirtyBuilds() as [Build];

needs(linux, root).describe('CI-fixer with its real program on a cluster', () => {
  let cluster: Cluster;
  /** Installed by helm, and beside it from the plain manifests. */
  let fixer: FixerOnCluster;
  let plain: FixerOnCluster;
  let client: FixerClient;
  const installed: FixerOnCluster[] = [];
  beforeAll(async () => {
    cluster = await startCluster({ podPidsLimit: PIDS, nodeDownAfter: 20 });
    const images = await bringFixer(cluster);
    const install = async (way: 'helm' | 'manifests') => {
      const one = await installFixer(cluster, images, { way });
      installed.push(one);
      return one;
    };
    [fixer, plain] = await Promise.all([install('helm'), install('manifests')]);
    client = fixer.client;
  });
  afterAll(async () => {
    for (const one of installed) await one.remove();
    await cluster?.stop();
  });

  test('verify has nothing to say of either of its charts, by helm and from the plain manifests', async () => {
    for (const { findings, unread, checked } of [...(await fixer.verify()), ...(await plain.verify())]) {
      expect([findings, unread]).toEqual([[], []]);
      expect(checked.length).toBeGreaterThan(5);
    }
  });

  test('from the plain manifests by kubectl it is the same program, and the other one hears nothing of its runs', async () => {
    const { verdict } = await plain.client.watch(FIRST, await plain.client.start(FIRST));
    expect(verdict).toMatchObject({ outcome: 'fixed', rounds: 1 });
    expect([(await plain.client.list()).length, (await client.list()).length]).toEqual([1, 0]);
  });

  test('a repository of the team is fetched by its pod, and another one is not', async () => {
    await plain.git.commit(FIRST.files);
    const fetched = (url: string) => ({ source: { git: { url } }, image: plain.gitImage });
    const run = async (url: string) =>
      (await plain.client.watch(FIRST, await plain.client.start(FIRST, fetched(url)))).verdict;
    expect(await run(plain.git.named)).toMatchObject({ outcome: 'fixed', rounds: 1 });
    expect(await run(fixer.git.named)).toMatchObject({
      outcome: 'refused',
      reason: 'Git may not fetch from this address here.',
    });
  });

  test('outside of the cluster it is the same program, as its compose file has it, with the rights of its account', async () => {
    const { path, remove } = temporaryFolder('outside');
    const port = await freePort();
    try {
      const folder = join(path, 'given');
      const values = join(path, 'values.json');
      writeCharts(path);
      writeFileSync(values, JSON.stringify(plain.values));
      const { outside } = await workloadScripts(cluster, path, {
        ...{ NAMESPACE: plain.namespace, FOLDER: folder },
      });
      await outside('-f', values);
      const model = await cluster.forward(plain.model, MODEL_PORT);
      const service = composeService('compose.ci-fixer.yaml', 'ci-fixer', {
        ...{ FOLDER: folder, OWNER: '0', PORT: `${port}`, TENANTS: `builds:${KEY}` },
        ...{ SANDBOX_NAMESPACE: plain.boxes, LLM_BASE_URL: `http://127.0.0.1:${model}/v1` },
      });
      const container = await ComposeContainer.start(service, plain.image);
      try {
        const client = new FixerClient(`http://127.0.0.1:${port}`, BUSYBOX_IMAGE, KEY);
        await until('CI-fixer to be ready', () => client.isReady(), { withinMs: 60_000 }).catch((cause) => {
          throw new Error(`it has said:\n${container.said}`, { cause });
        });
        const { verdict } = await client.watch(FIRST, await client.start(FIRST));
        expect(verdict).toMatchObject({ outcome: 'fixed', rounds: 1 });
        // Its runs are its own, and its rights are those of its account.
        expect(await client.list()).toHaveLength(1);
        const mine = ['--kubeconfig', join(folder, 'kubeconfig')];
        const asked = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
        expect((await cluster.kubectl([...asked, ...mine])).stdout).toBe(plain.account);
      } finally {
        await container.stop();
      }
      expect(container.said).toContain('"ended"');
    } finally {
      remove();
    }
  });

  test(`thirty runs at once, hostile ones among them, with room for ${QUOTA}: each has its one verdict`, async () => {
    const builds = thirtyBuilds();
    const ids: string[] = [];
    // One after the other, so that it is known in which order they were asked for.
    for (const build of builds) ids.push(await client.start(build));
    const became = await Promise.all(builds.map((build, at) => client.watch(build, ids[at] as string)));

    expect(became.map(({ verdicts }) => verdicts)).toEqual(builds.map(() => 1));
    const wanted = { fixable: ['fixed'], hopeless: ['not_fixed'], hostile: ['stopped', 'not_fixed'] };
    const odd = became.filter(({ build, verdict }) => !wanted[build.kind].includes(verdict.outcome));
    expect(odd.map(({ build, verdict, output }) => ({ name: build.name, verdict, output }))).toEqual([]);
    const sockets = became.find(({ build }) => build.name.startsWith('opens sockets'));
    expect(sockets?.output).toContain(SOCKETS_WORK);
    const runs = await client.list();
    // The newest first: those that were asked for later did not begin earlier.
    expect(runs.map(({ id }) => id)).toEqual([...ids].reverse());
    const begun = runs.map(({ started }) => started).reverse();
    expect(begun).toEqual([...begun].sort());

    await until(
      'all sandboxes to be gone',
      async () => {
        const { stdout } = await cluster.kubectl(['get', 'jobs,pods', '-n', fixer.boxes, '-o', 'name']);
        return stdout.trim() === '';
      },
      { withinMs: 600_000, everyMs: 1000 },
    );
    const restarts = ['get', 'pods', '-l', 'app=ci-fixer', '-n', fixer.namespace];
    const counted = await cluster.kubectl([
      ...restarts,
      '-o',
      'jsonpath={.items[*].status.containerStatuses[*].restartCount}',
    ]);
    expect(counted.stdout).toBe('0');
    report(fixer, became);
  });

  test('a tenant sees no run of another, and nobody sees any without a key', async () => {
    const id = (await client.list())[0]?.id;
    expect(await client.status(`/runs/${id}`)).toBe(200);
    expect(await fixer.other.status(`/runs/${id}`)).toBe(404);
    expect(await fixer.other.list()).toEqual([]);
    const stranger = await fetch(`${fixer.url}/runs/${id}`, { headers: { connection: 'close' } });
    expect([stranger.status, await stranger.text()]).toEqual([401, expect.stringContaining('key_needed')]);
  });

  test('its page shows somebody who has the key what became of a run, and how', async () => {
    const browser = await startBrowser();
    const complaints: string[] = [];
    try {
      const viewport = { width: 1200, height: 1150 };
      const page = await open(browser, fixer.url, complaints, { viewport });
      await page.getByText('Send the key of a tenant').waitFor();
      await page.getByLabel('Key').fill(KEY);
      await page.keyboard.press('Tab');
      await page
        .getByRole('button', { name: `${FIRST.name} - fixed` })
        .last()
        .click();
      await page.getByText('fixed: A script, and no model').waitFor();
      await page.getByText('+echo $(( $1 + $2 ))').waitFor();
      await picture(page, 'ci-fixer');
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('an image that the policy does not name is refused with its words, and one that it names is taken', async () => {
    const refused = await client.start(FIRST, { image: 'docker.io/library/other:1', command: ['true'] });
    expect((await client.watch(FIRST, refused)).verdict).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/^Found "docker\.io\/library\/other:1", expected .*localhost\/busybox:1/),
    });
    const taken = await client.start(FIRST, { command: ['true'] });
    expect((await client.watch(FIRST, taken)).verdict).toMatchObject({ outcome: 'nothing_to_fix' });
  });

  test('its pod is killed in the middle of runs: another one goes on, and each run has its one verdict', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 12; count++) ids.push(await client.start(slow));
    await until('a run to be under way', async () =>
      (await client.list()).some(({ state }) => state === 'running'),
    );
    const read = async (path: string) => {
      const pods = ['get', 'pods', '-l', 'app=ci-fixer', '-n', fixer.namespace];
      return (await cluster.kubectl([...pods, '-o', `jsonpath={.items[*]${path}}`])).stdout;
    };
    const killed = await read('.metadata.name');
    await cluster.kubectl(['delete', 'pod', killed, '-n', fixer.namespace, '--grace-period=0', '--force']);
    await until(
      'another pod that is ready',
      async () =>
        (await read('.metadata.name')) !== killed &&
        (await read('.status.containerStatuses[0].ready')) === 'true',
      { withinMs: 240_000, everyMs: 500 },
    );
    await until('CI-fixer to be ready', () => client.isReady(), { withinMs: 120_000 });
    const became = await Promise.all(ids.map((id) => client.watch(slow, id)));
    expect(became.map(({ verdict, verdicts }) => [verdict.outcome, verdicts])).toEqual(
      ids.map(() => ['fixed', 1]),
    );
    // What had ended before is there as well.
    expect(await client.list()).toHaveLength(30 + 2 + 12);
  });

  test('its account makes Jobs where its sandboxes are, and cannot delete nodes, read secrets or leave', async () => {
    const can = async (...asked: readonly string[]) => {
      const answer = await cluster.kubectl(['auth', 'can-i', ...asked, '--as', fixer.account], {
        allowFailure: true,
      });
      return answer.stdout.trim();
    };
    expect({
      'create jobs in its sandbox namespace': await can('create', 'jobs', '-n', fixer.boxes),
      'delete nodes': await can('delete', 'nodes'),
      'read secrets of its own namespace': await can('get', 'secrets', '-n', fixer.namespace),
      'read secrets of its sandbox namespace': await can('get', 'secrets', '-n', fixer.boxes),
      'create jobs in its own namespace': await can('create', 'jobs', '-n', fixer.namespace),
      'create jobs in another namespace': await can('create', 'jobs', '-n', 'default'),
      'list pods of all namespaces': await can('list', 'pods', '--all-namespaces'),
    }).toEqual({
      'create jobs in its sandbox namespace': 'yes',
      'delete nodes': 'no',
      'read secrets of its own namespace': 'no',
      'read secrets of its sandbox namespace': 'no',
      'create jobs in its own namespace': 'no',
      'create jobs in another namespace': 'no',
      'list pods of all namespaces': 'no',
    });
  });

  test('it counts what happened, and its log has neither output of builds nor secrets', async () => {
    const metrics = await client.text('/metrics');
    expect(metrics).toMatch(/ci_fixer_runs_total\{outcome="fixed",program="ci-fixer"\} \d+/);
    const ofSandboxes = await client.text('/metrics/sandboxes');
    expect(ofSandboxes).toContain('drydock_sandbox_jobs_spawned_total');
    const { stdout } = await cluster.kubectl([
      'logs',
      '-l',
      'app=ci-fixer',
      '-n',
      fixer.namespace,
      '--tail=-1',
    ]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Of the second pod: how many ended in the first one is for the machine to say.
    expect(lines.filter(({ message }) => message === 'run ended').length).toBeGreaterThan(0);
    for (const text of [LLM_API_KEY, KEY, 'printed without end']) expect(stdout).not.toContain(text);
  });

  // The last one: the cluster is this file's own, so all of it may be broken.
  test('verify names the DNS that is down, then the node that is, each as the one cause', async () => {
    const causes = async () => {
      const found = await fixer.verify();
      return [
        ...new Set(found.flatMap(({ findings }) => findings.map(({ code, where }) => `${code} ${where}`))),
      ];
    };
    const dns = ['deployment/coredns', '-n', 'kube-system'];
    const named = async (...wanted: string[]) => {
      await until(`verify to name ${wanted}`, async () => (await causes()).join() === wanted.join(), {
        withinMs: 300_000,
        everyMs: 1000,
      });
    };
    await cluster.kubectl(['scale', ...dns, '--replicas=0']);
    await named('DNS_DOWN Service/kube-dns in namespace kube-system');
    await cluster.kubectl(['scale', ...dns, '--replicas=1']);
    await named();
    await cluster.kill('kubelet');
    await named(`NODE_NOT_READY Node/${cluster.nodes[0]}`);
    await cluster.restart('kubelet');
  });
});

/** For docs/evidence/ci-fixer.md, when the command that writes it has asked. */
function report({ installSeconds }: FixerOnCluster, became: readonly Became[]): void {
  const file = process.env.DRYDOCK_FIGURES;
  if (file === undefined) return;
  const runs = became.map(({ build, verdict, waited, seconds }) => ({
    name: build.name,
    kind: build.kind,
    ...verdict,
    waited,
    seconds,
  }));
  writeFileSync(file, JSON.stringify({ installSeconds, runs }));
}
