import { writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { type Cluster, sharedCluster, until } from '../../cluster';
import { evict } from '../../test/support/evict';
import { type LastingNamespace, lastingNamespace } from '../../test/support/lasting-namespace';
import { doorwaySays } from '../../test/support/life-cycle';
import { needs, root } from '../../test/support/needs';
import { constantRequests } from '../../test/support/requests';
import { prepareTodo, TODO_SERVICES, type TodoOnCluster } from '../../test/support/todo-on-cluster';
import { type Account, signUpAt } from './testing/account';
import {
  add,
  edit,
  expectAccessible,
  expectTitles,
  open,
  picture,
  say,
  signUp,
  startBrowser,
} from './testing/page';

/**
 * The journey of a user through the real programs on a cluster, step by step on one installation. DRYDOCK_FIGURES names a file
 * for what was measured (evidence/journey.ts); nothing here is judged by how long it took.
 */

// For what hangs. The first run on a machine builds the images, the next ones find them.
jest.setTimeout(1_200_000);
const PATIENCE = { withinMs: 300_000, everyMs: 200 } as const;

const NODE_PORT = 30_092;

let cluster: Cluster;
let place: LastingNamespace;
let todo: TodoOnCluster;
let browser: Browser;
let failed = true;
let cat: Account;
const complaints: string[] = [];
const figures: Record<string, number | string> = {};

/** A test of the shared installation: that it failed is known when its namespace is reported and removed. */
function step(title: string, body: () => Promise<void>): void {
  test(title, async () => {
    try {
      await body();
    } catch (error) {
      failed = true;
      throw error;
    }
  });
}

async function timed(figure: string, body: () => Promise<unknown>): Promise<void> {
  const started = Date.now();
  await body();
  figures[figure] = (Date.now() - started) / 1000;
}

const kubectl = async (...args: string[]): Promise<string> => (await todo.namespace.kubectl(args)).stdout;
const read = (kind: string, path: string, ...of: string[]) =>
  kubectl('get', kind, ...of, '-o', `jsonpath=${path}`);
const component = (service: string) => ['-l', `app.kubernetes.io/component=${service}`];
const podsOf = (service: string) => read('pods', '{.items[*].metadata.name}', ...component(service));
const readyOf = (service: string) => read('deployment', '{.status.readyReplicas}', `todo-app-${service}`);

/** How many pods that are ready a Service leads to. */
async function endpointsOf(service: string): Promise<number> {
  const ready = await read(
    'endpointslices',
    '{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}',
    '-l',
    `kubernetes.io/service-name=${service}`,
  );
  return ready.split(' ').filter((address) => address !== '').length;
}

async function allReady(replicas = 1): Promise<void> {
  for (const service of TODO_SERVICES) {
    const ready = async () => (await readyOf(service)) === String(replicas);
    await until(`${replicas} ready of ${service}`, ready, PATIENCE);
  }
}

const answers = async (path: string): Promise<number> =>
  (await fetch(todo.url + path, { signal: AbortSignal.timeout(10_000) })).status;

needs(root).describe('the todo application on a cluster', () => {
  beforeAll(async () => {
    cluster = await sharedCluster();
    place = await lastingNamespace(cluster);
    todo = await prepareTodo(cluster, place.namespace, NODE_PORT);
    await timed('install', () => todo.install());
    browser = await startBrowser();
    failed = false;
  });

  afterAll(async () => {
    if (process.env.DRYDOCK_FIGURES) writeFileSync(process.env.DRYDOCK_FIGURES, JSON.stringify(figures));
    await browser?.close();
    await place?.end(failed);
    await todo?.remove();
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  step('is there with all of its pods and its endpoints, its database migrated once', async () => {
    await allReady();
    for (const service of ['frontend-svc', 'backend-svc', 'mcp-svc', 'ai-svc', 'postgres-svc'])
      await until(`an endpoint of ${service}`, async () => (await endpointsOf(service)) === 1, PATIENCE);
    await until('the page', async () => (await answers('/')) === 200, PATIENCE);
    await until('the backend', async () => (await answers('/api/health')) === 200, PATIENCE);
    expect(await read('jobs', '{.items[*].status.succeeded}')).toBe('1');
    expect(await kubectl('logs', ...component('migrate'), '--tail=-1')).toContain('"migrated"');
  });

  step('verify has nothing to say of it', async () => {
    const { findings, unread, checked, html } = await todo.verify();
    expect(findings).toEqual([]);
    expect(unread).toEqual([]);
    expect(checked.filter(({ isUnread }) => isUnread)).toEqual([]);
    expect(checked.length).toBeGreaterThan(20);
    figures.verified = checked.length;
    figures.report = html.replaceAll(todo.namespace.name, 'todo');
  });

  step(
    'somebody adds, edits, ticks and deletes todos, the chat does too, and nobody else sees any',
    async () => {
      const page = await open(browser, todo.url, complaints);
      await picture(page, 'sign-in');
      await expectAccessible(page);
      await signUp(page, 'ann@example.com');
      await add(page, 'Buy milk');
      await add(page, 'Water the plant');
      await edit(page, 'Water the plant', { title: 'Water the plants', notes: 'The ficus too' });
      await page.getByRole('button', { name: 'Delete “Buy milk”' }).click();
      await expectTitles(page, ['Water the plants']);
      expect(await say(page, 'What is on my list?')).toBe('You have 1 todo:\n- Water the plants');
      await say(page, 'Add buy bread');
      // Without a reload.
      await expectTitles(page, ['buy bread', 'Water the plants']);
      await page.getByRole('checkbox', { name: 'buy bread' }).check();
      await page.locator('li.done', { hasText: 'buy bread' }).waitFor();
      await expectAccessible(page);
      await picture(page, 'list-and-chat');

      const other = await open(browser, todo.url, complaints);
      await signUp(other, 'ben@example.com');
      await other.getByText('Nothing to do yet.').waitFor();
      expect(await say(other, 'list my todos')).toBe('Your list is empty.');
      await other.close();

      await backendDies();
      await goesOn(page);
      await page.close();
    },
  );

  async function backendDies(): Promise<void> {
    const before = await read('pods', '{.items[0].metadata.name}', ...component('backend'));
    await timed('recovered', async () => {
      await kubectl('delete', 'pod', before, '--grace-period=0', '--force');
      await until(
        'another backend that is ready',
        async () => {
          const ready = '{.items[*].status.containerStatuses[*].ready}';
          return (
            !(await podsOf('backend')).includes(before) &&
            (await read('pods', ready, ...component('backend'))) === 'true'
          );
        },
        PATIENCE,
      );
      await until('an answer', async () => (await answers('/api/health')) === 200, PATIENCE);
    });
    // Those who ask the backend may have noticed.
    await allReady();
  }

  /** What she had is there, and so is the way on: with a session of before. */
  async function goesOn(page: Page): Promise<void> {
    await page.reload();
    await expectTitles(page, ['buy bread', 'Water the plants']);
    await add(page, 'Repot the ficus');
    await say(page, 'Tick water');
    await page.locator('li.done', { hasText: 'Water the plants' }).waitFor();
    await picture(page, 'after-a-pod-died');
  }

  step(
    'without its database the backend is not ready, and afterwards it has all that it acknowledged',
    async () => {
      cat = await signUpAt(todo.url, 'cat@example.com');
      const adding = cat.addWithoutEnd();
      try {
        await until('some todos', () => cat.acknowledged.length >= 5, PATIENCE);
        await kubectl('scale', 'statefulset/todo-app-postgres', '--replicas=0');
        // A second, and then it is killed. It is never removed by force: two of them on one volume would ruin it.
        await kubectl('delete', 'pod', 'todo-app-postgres-0', '--grace-period=1', '--ignore-not-found');
        const isGone = async () => /^0?$/.test(await readyOf('backend'));
        await until('no backend that is ready', isGone, PATIENCE);
        await timed('databaseBack', async () => {
          await kubectl('scale', 'statefulset/todo-app-postgres', '--replicas=1');
          await until('a backend that is ready', async () => (await readyOf('backend')) === '1', PATIENCE);
        });
        const then = cat.acknowledged.length;
        await until('todos after it', () => cat.acknowledged.length > then + 3, PATIENCE);
      } finally {
        await adding.stop();
      }
      figures.acknowledged = cat.acknowledged.length;
      expect(await lostOf(cat)).toEqual([]);
    },
  );

  step('upgrade, scaling, eviction and rollback lose no request of those who use it', async () => {
    await until('an answer', async () => (await answers('/api/health')) === 200, PATIENCE);
    // Answered by the backend, so each request goes through both.
    const load = constantRequests(todo.port, 2, '/api/health');
    const all = (setting: string) => TODO_SERVICES.flatMap((name) => ['--set', `${name}.${setting}`]);
    const change = all('podAnnotations.change=second');
    try {
      await timed('upgrade', () => todo.deploy(...change));
      expect(await todo.validate()).toMatch(/^(\d+) of \1 are as they were meant/m);
      await timed('scaledUp', () => todo.deploy(...change, ...all('replicas=3')));
      await allReady(3);
      await timed('evicted', () => Promise.all([evictAll('frontend'), evictAll('backend')]));
      await allReady(3);
      await timed('rollback', () => todo.rollback('1'));
      await allReady();
    } finally {
      await load.stop();
    }
    if (load.failures().length > 0) process.stderr.write(doorwaySays(cluster));
    expect(load.failures()).toEqual([]);
    expect(load.answered()).toBeGreaterThan(100);
    figures.answered = load.answered();
    expect(await lostOf(cat)).toEqual([]);
  });

  /** One after the other, as the drain of a node does, which would take the pods of other tests too. */
  async function evictAll(service: string): Promise<void> {
    for (const pod of (await podsOf(service)).split(' ')) await evict(cluster, todo.namespace, pod);
  }

  step(
    'after it was uninstalled, and applied as plain manifests, everybody finds what was there',
    async () => {
      // The volume of a database and the Secret of deploy.sh are for somebody to remove; the stand-in is no part of it.
      const kept = [
        'persistentvolumeclaim/data-todo-app-postgres-0',
        'secret/todo-secrets',
        'service/model-script',
      ];
      await timed('uninstall', async () => {
        await todo.uninstall();
        // helm returns while what it deleted still ends.
        await until(
          'all the rest to be gone',
          async () => (await whatIsThere()).length <= kept.length,
          PATIENCE,
        );
      });
      expect(await whatIsThere()).toEqual(kept);
      await timed('applied', () => todo.applyPlain());
      await until('an answer', async () => (await answers('/api/health')) === 200, PATIENCE);
      expect(await lostOf(cat)).toEqual([]);
      expect(await cat.add('after all of it')).toBe(true);
    },
  );

  async function whatIsThere(): Promise<string[]> {
    const kinds = ['deployments', 'statefulsets', 'services', 'networkpolicies', 'secrets', 'jobs', 'pvc'];
    return (await kubectl('get', kinds.join(','), '-o', 'name')).trim().split('\n').sort();
  }

  /** What was acknowledged and is not there. */
  async function lostOf({ acknowledged, titles }: Account): Promise<string[]> {
    const kept = new Set(await until('the list', titles, PATIENCE));
    return acknowledged.filter((title) => !kept.has(title));
  }
});
