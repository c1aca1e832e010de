/**
 * Everything of this repository at work, on a cluster of its own that is left running: the todo application with its chat, and
 * CI-fixer, which gets builds that can be fixed, that cannot, and that attack it. What became of each is printed.
 *
 *     npx tsx scripts/demo.ts
 *     npx tsx scripts/demo.ts --down    ends it, and removes what it made
 */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../cluster';
import { findCluster, removeCluster } from '../cluster/attach';
import { thirtyBuilds } from '../test/ci-fixer/builds';
import type { Became } from '../test/ci-fixer/fixer-client';
import { bringFixer, type FixerOnCluster, installFixer, KEY, PIDS } from '../test/ci-fixer/fixer-on-cluster';
import { ciFixerImage } from '../test/ci-fixer/image';
import { lastingNamespace } from '../test/support/lasting-namespace';
import { prepareTodo, type TodoOnCluster } from '../test/support/todo-on-cluster';
import { asText, type Verification } from '../verify';
import { add, say as ask, open, signUp, startBrowser } from '../workloads/todo-frontend/testing/page';

const NAME = 'demo';
const NODE_PORT = 30_080;
/** All that the demo writes, so that `make demo-down` can remove it. */
const FOLDER = join(tmpdir(), 'drydock-demo');
const PICTURES = join(FOLDER, 'pictures');

type Browser = Awaited<ReturnType<typeof startBrowser>>;

const say = (line = '') => process.stdout.write(`${line}\n`);

async function step<T>(title: string, body: () => Promise<T>): Promise<T> {
  const started = Date.now();
  say(`== ${title}`);
  const result = await body();
  say(`   ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return result;
}

async function main(): Promise<void> {
  if (findCluster(NAME)) throw new Error('The demo runs already: `make demo-down` ends it.');
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(PICTURES, { recursive: true, mode: 0o755 });
  process.env.TMPDIR = FOLDER;
  // One tarball of the library for all of it.
  process.env.DRYDOCK_RUN_FOLDER = FOLDER;
  const started = Date.now();
  // CI-fixer's image has the packed library in it, which takes a compiler half a minute: beside the cluster's start. A
  // failure is told by the step that needs the image.
  ciFixerImage().catch(() => {});
  const cluster = await step('A cluster', () =>
    startCluster({ name: NAME, owner: 'none', podPidsLimit: PIDS }),
  );
  const browser = await startBrowser();
  try {
    const { namespace } = await lastingNamespace(cluster);
    const todoApp = await step('Images of the todo application', () =>
      prepareTodo(cluster, namespace, NODE_PORT),
    );
    // It comes up while the other one is shown, and its step waits for what is left of that.
    const fixing = bringFixer(cluster).then((images) => installFixer(cluster, images));
    fixing.catch(() => {});
    const todo = await showTodo(todoApp, browser);
    const fixer = await showFixer(fixing, browser);
    say(`All of it took ${((Date.now() - started) / 1000).toFixed(0)} s.`);
    say();
    say(`Todo application   ${todo}   sign up, add a todo, and ask the chat: what is on my list?`);
    say(`CI-fixer           ${fixer}   type the key ${KEY}, and click a run to see its output and patch`);
    say(`The cluster        export KUBECONFIG=${cluster.kubeconfig}`);
    say(`Pictures           ${PICTURES}`);
    say('`make demo-down` ends all of it.');
  } finally {
    await browser.close();
  }
}

/** Installs the todo application, uses it as somebody with a browser does, and holds what runs against what was installed. */
async function showTodo(todo: TodoOnCluster, browser: Browser): Promise<string> {
  await step('The todo application, by helm', () => todo.install());
  await step('Somebody signs up, adds a todo, and asks the chat', async () => {
    const page = await open(browser, todo.url, []);
    await signUp(page, 'ann@example.com');
    await add(page, 'Buy oat milk');
    for (const asked of ['Add bread', 'What is on my list?']) {
      say(`  Ann: ${asked}`);
      say(`  Chat (a script, and no model): ${await ask(page, asked)}`);
    }
    await page.screenshot({ path: join(PICTURES, 'todo.png') });
    await page.close();
  });
  await step('drydock verify: the todo application', async () => sayWhetherWell(await todo.verify()));
  return todo.url;
}

/** Sends CI-fixer one build of each kind. */
async function showFixer(fixing: Promise<FixerOnCluster>, browser: Browser): Promise<string> {
  const { url, client, verify } = await step(
    'CI-fixer: its image, and both of its charts by helm',
    () => fixing,
  );
  await step('drydock verify: CI-fixer', async () => (await verify()).forEach(sayWhetherWell));
  const builds = [...new Map(thirtyBuilds().map((build) => [build.name, build])).values()];
  const became = await step(`${builds.length} builds at once`, async () => {
    const ids: string[] = [];
    for (const build of builds) ids.push(await client.start(build));
    return Promise.all(builds.map((build, at) => client.watch(build, ids[at] as string)));
  });
  for (const one of became) say(`  ${verdictLine(one)}`);
  const fixed = became.find(({ verdict }) => verdict.patch);
  if (fixed === undefined) throw new Error('No build was fixed: see above.');
  say(`\nThe patch for "${fixed.build.name}", seen to work in a sandbox in which nothing ran before:\n`);
  say(fixed.verdict.patch);
  const page = await open(browser, url, []);
  await page.getByLabel('Key').fill(KEY);
  await page.keyboard.press('Tab');
  await page
    .getByRole('button', { name: `${fixed.build.name} - fixed` })
    .first()
    .click();
  await page.getByText('fixed: ').waitFor();
  await page.screenshot({ path: join(PICTURES, 'ci-fixer.png'), fullPage: true });
  return url;
}

function sayWhetherWell(found: Verification): void {
  say(asText(found).trimEnd());
  if (found.findings.length > 0) throw new Error('What runs is not as it was meant: see above.');
}

function verdictLine({ build, verdict }: Became): string {
  const isContained = build.kind === 'hostile' && !['fixed', 'nothing_to_fix'].includes(verdict.outcome);
  const word = isContained ? 'contained' : verdict.outcome.replaceAll('_', ' ');
  return `${word.padEnd(10)} ${build.name}: ${verdict.reason}`;
}

async function down(): Promise<void> {
  await removeCluster(NAME);
  rmSync(FOLDER, { recursive: true, force: true });
  say('The demo is gone.');
}

(process.argv.includes('--down') ? down() : main()).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (findCluster(NAME)) process.stderr.write('`make demo-down` removes what is there.\n');
  process.exitCode = 1;
});
