import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { sharedCluster, until } from '../../cluster';
import type { ClaimOptions, SandboxError, Sandboxes } from '../../sandbox';
import { waitingScript } from '../../sandbox/spec/run-values';
import { bundled } from '../support/bundled';
import type { OrphanClientOptions } from './orphan-client';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

jest.setTimeout(300_000);

const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-orphans-'));
const program = bundled('test/sandbox-runtime/orphan-client.ts', folder);

/** Instead of the 20 that are given by default, which is for the tests of `orphanMsOf` and of the template to say. */
const ORPHAN_SECONDS = 6;
/** Half a minute is promised, of which the cluster has what those 20 leave. */
const ENDS_WITHIN_MS = (ORPHAN_SECONDS + 10) * 1000;

let installation: RuntimeInstallation;
let sandboxes: Sandboxes;
const clients: ChildProcess[] = [];

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  sandboxes = installation.sandboxes();
});
afterAll(async () => {
  for (const client of clients) client.kill('SIGKILL');
  await sandboxes?.close();
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A sandbox whose client is a process of its own, and how to kill that. */
interface Claimed {
  readonly id: string;
  kill(): Promise<number>;
  /** When it has ended, for one that ends by itself. */
  readonly ended: Promise<number>;
}

/** What a sandbox of the template runs, with less patience. */
const NEVER_ENTERED = ['sh', '-c', waitingScript(ORPHAN_SECONDS)];

async function claimedBy(
  claim: Omit<ClaimOptions, 'values'>,
  more: Pick<OrphanClientOptions, 'attach' | 'diesEarly' | 'diesSending' | 'releases'> = {},
): Promise<Claimed> {
  const options: OrphanClientOptions = {
    template: installation.template,
    namespace: installation.sandboxNamespace,
    kubeconfig: installation.kubeconfig,
    claim: { ttl: 600, ...claim, values: installation.run(more.diesEarly ? { command: NEVER_ENTERED } : {}) },
    ...more,
  };
  const client = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  clients.push(client);
  const ended = new Promise<number>((resolve) => client.once('close', () => resolve(Date.now())));
  for await (const line of createInterface(client.stdout)) {
    const id = /^ready (.*)$/.exec(line)?.[1];
    if (id === undefined) continue;
    const kill = async () => {
      client.kill('SIGKILL');
      return ended;
    };
    return { id, kill, ended };
  }
  throw new Error('the client ended without a sandbox');
}

async function stateOf(id: string): Promise<string> {
  return (await sandboxes.list()).find((listed) => listed.id === id)?.state ?? 'gone';
}

/** That it runs; where it does not, what the runtime says of its end. */
async function livesOn(which: string, id: string): Promise<void> {
  const state = await stateOf(id);
  const why = state === 'running' ? undefined : await sandboxes.attach(id).catch((error) => error.message);
  expect({ which, state, why }).toEqual({ which, state: 'running', why: undefined });
}

/** How long after that moment the sandbox has ended. */
async function endOf(id: string, since: number): Promise<number> {
  const isOver = async () => ['gone', 'finished'].includes(await stateOf(id));
  await until(`the end of ${id}`, isOver, { withinMs: 60_000, everyMs: 250 });
  return Date.now() - since;
}

test('a sandbox ends soon after its killed client, unless it is meant to live on', async () => {
  // What is waited for longest begins first, and each of these is killed as soon as it can be.
  const early = claimedBy({}, { diesEarly: true }).then(async ({ id, kill }) => endOf(id, await kill()));
  const sending = claimedBy({ orphanTtl: ORPHAN_SECONDS }, { diesSending: true }).then(
    async ({ id, ended }) => ({
      id,
      tookMs: await endOf(id, await ended),
    }),
  );
  const killed = endedAfterKill();
  const takenOver = takeOver();
  const releasedSoon = Promise.all([releasedAfterAnEntryThatFailed(), releasedByOneThatCameAfter()]);
  const [atOnce, released, kept, shared] = await Promise.all([
    claimedBy({ orphanTtl: 0 }),
    claimedBy({ orphanTtl: 2 }, { releases: true }),
    claimedBy({ orphanTtl: 'none' }),
    claimedBy({ orphanTtl: 2 }),
  ]);
  const guest = await sandboxes.attach(shared.id);
  const [since] = await Promise.all([atOnce, released, kept, shared].map(({ kill }) => kill()));
  expect(await within('the end at once', endOf(atOnce.id, since!))).toBeLessThan(15_000);
  const { id: killedId, tookMs } = await within('the end of the killed one', killed);
  expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
  // Its time was given, so that a server could have come back.
  expect(tookMs).toBeGreaterThan((ORPHAN_SECONDS - 2) * 1000);
  await livesOn('one that was released before its client was killed', released.id);
  await livesOn('one that is kept without a client', kept.id);
  await livesOn('one in which another client is', shared.id);
  expect((await guest.commands.run(['echo', 'alive'])).stdout.text).toBe('alive\n');
  const error: SandboxError = await sandboxes.attach(killedId).catch((reason) => reason);
  expect(error).toMatchObject({
    code: 'Ended',
    found: expect.stringContaining('the client of this sandbox is gone'),
  });
  await guest.close();
  // The time is counted from the start of its pod, which comes after its client's end, beside six others.
  expect(await within('the end of the one that was never entered', early)).toBeLessThan(
    ENDS_WITHIN_MS + 15_000,
  );
  const { id: sent, tookMs: sentMs } = await within(
    'the end of the one whose supervisor was sent in half',
    sending,
  );
  expect(sentMs).toBeLessThan(ENDS_WITHIN_MS + 15_000);
  expect(await sandboxes.attach(sent).catch((reason) => reason.found)).toContain(
    'the client of this sandbox is gone',
  );
  const [afterAFailedEntry, byOneThatCameAfter] = await releasedSoon;
  await livesOn('one that was released after another entry that failed', afterAFailedEntry);
  await livesOn('one that was released by a client that came after', byOneThatCameAfter);
  expect(await takenOver).toMatchObject({ before: 'running', tookMs: expect.any(Number) });
});

/** One whose client is killed as soon as it has it, and how long after that it has ended. */
async function endedAfterKill() {
  const { id, kill } = await claimedBy({ orphanTtl: ORPHAN_SECONDS });
  return { id, tookMs: await endOf(id, await kill()) };
}

/** For longer than a supervisor waits that looks whether others are in. */
const SETTLED_MS = 10_000;

/** Somebody else who entered and was killed does not end what its owner then releases. */
async function releasedAfterAnEntryThatFailed(): Promise<string> {
  const owner = await sandboxes.claim({ values: installation.run(), ttl: 600 });
  const other = await claimedBy({}, { attach: { id: owner.id, orphanTtl: 2 } });
  await other.kill();
  await owner.release();
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  return owner.id;
}

/** The same where the one that releases it came after the one that was killed. */
async function releasedByOneThatCameAfter(): Promise<string> {
  const killed = await claimedBy({ orphanTtl: 6 });
  await killed.kill();
  const next = await sandboxes.attach(killed.id);
  await next.release();
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  return killed.id;
}

/** A client that attaches takes over from the one that was killed, and is followed in the same way. */
async function takeOver(): Promise<{ readonly before: string; readonly tookMs: number }> {
  const first = await claimedBy({ orphanTtl: 8 });
  await first.kill();
  const second = await claimedBy({}, { attach: { id: first.id, orphanTtl: 2 } });
  // Longer than the first one would have been waited for.
  await new Promise((resolve) => setTimeout(resolve, 9_000));
  const before = await stateOf(first.id);
  return { before, tookMs: await endOf(first.id, await second.kill()) };
}
