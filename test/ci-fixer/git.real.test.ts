import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedCluster } from '../../cluster';
import { gitBackend } from '../../gitops/testing-only/git-backend';
import { BareRepository } from '../../gitops/testing-only/git-server';
import { makeCertificates } from '../../kube/testing-only/certificates';
import type { Sandboxes } from '../../sandbox';
import { ClusterBoxes } from '../../workloads/ci-fixer/cluster-boxes';
import { fix } from '../../workloads/ci-fixer/fix';
import type { Step } from '../../workloads/ci-fixer/verdict';
import { gitBase } from '../gitops/image';
import { RuntimeInstallation } from '../sandbox-runtime/runtime';
import { linux, needs, root } from '../support/needs';
import { bringImages } from '../workloads/images';
import { oneAtATime } from '../workloads/one-at-a-time';

// The sandboxes of a real cluster, whose network is closed, and a git over https; all that is replaced is where an address of
// the internet leads to, and who has signed.

jest.setTimeout(300_000);

const HOST = 'https://git.example.com';
const URL = `${HOST}/team/app.git`;
const ALLOWED = [`${HOST}/team/`];

needs(linux, root).describe('a repository that CI-fixer is to fetch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-fixer-git-'));
  const heard: string[] = [];
  let server: Server;
  let installation: RuntimeInstallation;
  let sandboxes: Sandboxes;
  let boxes: ClusterBoxes;

  beforeAll(async () => {
    const { good } = await makeCertificates('127.0.0.1,DNS:git.example.com');
    const git = gitBackend({ folder });
    server = createServer(good, (request, response) => {
      heard.push(`${request.method} ${request.url}`);
      git(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const outside = {
      resolve: async () => ['93.184.215.14'],
      connect: () => connect((server.address() as AddressInfo).port, '127.0.0.1'),
    };
    const cluster = await sharedCluster();
    const image = await oneAtATime('images', gitBase);
    await bringImages(cluster, [image]);
    installation = await new RuntimeInstallation(cluster, {}, image).install();
    sandboxes = installation.sandboxes();
    boxes = new ClusterBoxes({
      list: () => sandboxes.list(),
      metrics: () => sandboxes.metrics(),
      close: () => sandboxes.close(),
      claim: async (options) => {
        const sandbox = await sandboxes.claim(options);
        sandbox.egress = ({ repositories = [], ...others }) => {
          const signed = repositories.map((one) => ({ ...one, ca: good.ca }));
          return sandbox.egressInto(outside, { ...others, repositories: signed });
        };
        return sandbox;
      },
    });
  });
  beforeEach(() => heard.splice(0));
  afterAll(async () => {
    await boxes?.close();
    await installation?.remove();
    server?.close();
    server?.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(url: string) {
    const steps: Step[] = [];
    const request = {
      source: { git: { url } },
      image: installation.image,
      command: ['sh', 'tests/all.sh'],
      timeoutSeconds: 60,
      rounds: 1,
      title: url,
    };
    const propose = () => Promise.reject(new Error('a model was asked'));
    const verdict = await fix({ boxes, model: { propose }, gitAllowed: ALLOWED }, request, {
      name: `fetch-${Date.now()}`,
      tell: (step) => steps.push(step),
      signal: AbortSignal.timeout(200_000),
    });
    const output = steps.flatMap(({ event, data }) => (event === 'output' ? data.text : [])).join('');
    return { verdict, output };
  }

  test('is fetched in a closed sandbox, and what it holds runs in one that reaches nothing', async () => {
    const again = `timeout 3 git ls-remote ${URL} && exit 1\ncat words\n`;
    new BareRepository(join(folder, 'team/app.git')).commit({
      words: 'as committed\n',
      'tests/all.sh': again,
    });
    const { verdict, output } = await run(URL);
    expect([verdict, output]).toEqual([
      expect.objectContaining({ outcome: 'nothing_to_fix' }),
      expect.stringContaining('as committed\n'),
    ]);
    expect(heard).toEqual([
      'GET /team/app.git/info/refs?service=git-upload-pack',
      'POST /team/app.git/git-upload-pack',
      'POST /team/app.git/git-upload-pack',
    ]);
  });

  test('is refused where it is not below what is allowed, and one that is not there is told as such', async () => {
    new BareRepository(join(folder, 'other/app.git')).commit({ words: 'of others' });
    expect((await run(`${HOST}/other/app.git`)).verdict).toMatchObject({
      outcome: 'refused',
      reason: 'Git may not fetch from this address here.',
    });
    expect(heard).toEqual([]);
    const { verdict, output } = await run(`${HOST}/team/nothing.git`);
    expect(verdict).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('the output says why'),
    });
    expect(output).toContain('502');
  });

  test('is all that git reaches while it is fetched', async () => {
    const signal = AbortSignal.timeout(200_000);
    const box = await boxes.open({
      ...{ name: `look-${Date.now()}`, image: installation.image, ttl: 120, signal },
      onWaiting: () => {},
    });
    try {
      const looks = [
        URL,
        `${HOST}/team/other.git`,
        `${HOST}/other/app.git`,
        'https://www.example.org/team/app.git',
      ];
      const codes = [];
      for (const look of looks) {
        const argv = ['timeout', '10', 'git', 'ls-remote', look];
        codes.push(
          (await box.run(argv, { timeoutMs: 20_000, signal, onOutput: () => {}, repository: URL })).exitCode,
        );
      }
      expect(codes).toEqual([0, 128, 128, 128]);
      expect(heard.length).toBeGreaterThan(0);
      expect(heard.filter((line) => !line.includes(' /team/app.git/'))).toEqual([]);
    } finally {
      await box.close();
    }
  });
});
