import fc from 'fast-check';
import type { Seen } from '../../kube/testing-only/scripted-server';
import type { Sandbox } from '../sandbox';
import type { Fault } from '../testing-only/scripted-cluster';
import { refusal, scriptedRuntime } from '../testing-only/scripted-runtime';

// Peers that are slow or broken, and clocks that differ, drawn at random.

const HOUR_MS = 3_600_000;
const DEADLINE_MS = 2_000;
const START_MS = 5_000;

const faults: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('delay' as const), ms: fc.integer({ min: 0, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stall' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'lose' as const }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { do: 'refuse' as const, code: 429, reason: 'TooManyRequests' },
      { do: 'refuse' as const, code: 409, reason: 'Conflict' },
      { do: 'refuse' as const, code: 500, reason: 'InternalError' },
      { do: 'refuse' as const, code: 503, reason: 'ServiceUnavailable' },
      { do: 'refuse' as const, code: 403, reason: 'Forbidden' },
    ),
  },
);

const scenarios = fc.record({
  /** One for each request, in order; later ones are unharmed. */
  faults: fc.array(faults, { maxLength: 10 }),
  /** How far the server's clock is ahead when the claim begins, and afterwards. */
  aheadMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
  thenAheadMs: fc.option(fc.integer({ min: -60_000, max: 60_000 }), { nil: undefined }),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined, freq: 1 }),
});

test('whatever the way and the clocks do: a claim is a sandbox or an error in time, and close() leaves no Job', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ faults: pending, aheadMs, thenAheadMs, abortAfterMs }) => {
      const left = [...pending];
      const { cluster, sandboxes, end } = await scriptedRuntime(
        { hasShell: false, aheadMs, fault: (seen) => drawn(seen, left.shift()) },
        { deadlineMs: DEADLINE_MS, startTimeoutMs: START_MS },
      );
      try {
        const abort = new AbortController();
        const timer = abortAfterMs === undefined ? undefined : setTimeout(() => abort.abort(), abortAfterMs);
        const startedAt = performance.now();
        const sandbox = await settled(sandboxes.claim({ ttl: 300, signal: abort.signal }));
        clearTimeout(timer);
        // The create and its lookup may take a deadline each; the rest is the start's.
        expect(performance.now() - startedAt).toBeLessThan(START_MS + 2 * DEADLINE_MS + 5_000);
        expect(cluster.created).toBeLessThanOrEqual(1);
        if (sandbox) {
          cluster.aheadMs += thenAheadMs ?? 0;
          left.length = 0;
          await expectUsable(sandbox);
          const [job] = cluster.jobs.all;
          const endsAt = Date.parse(job!.status!.startTime!) + job!.spec!.activeDeadlineSeconds! * 1000;
          // A clock that is set back by less than five seconds is not told from answers that took their time.
          const mayDifferMs = thenAheadMs === undefined ? 3_000 : 7_000;
          expect(Math.abs(endsAt - cluster.now().getTime() - 60_000)).toBeLessThan(mayDifferMs);
        }
        // A create that was aborted on its way may come until its time is over, so close() may say that.
        await sandboxes.close().catch((error: Error) => expect(error.message).toContain('may be there'));
        expect(cluster.jobs.all).toEqual([]);
      } finally {
        await end();
      }
    }),
    { numRuns: Number(process.env.CLAIM_LAW_RUNS ?? 15), endOnFailure: process.env.CI === 'true' },
  );
}, 600_000);

/**
 * A create that hangs may still come for more than a minute, and close() waits for that, or says what may be left: that
 * is a test of its own (`leftovers.test.ts`), and here it would take all the time.
 */
function drawn({ method }: Seen, fault: Fault | undefined): Fault | undefined {
  return fault?.do === 'stall' && method === 'POST' ? { do: 'lose' } : fault;
}

/** What a promise gives, or nothing where it is an error of the runtime with its four facts. */
async function settled(claiming: Promise<Sandbox>): Promise<Sandbox | undefined> {
  const sandbox = await claiming.catch(() => undefined);
  if (sandbox) return sandbox;
  const { where, found, expected, remedy } = await refusal(claiming);
  for (const fact of [where, found, expected, remedy]) expect(fact).toMatch(/\S/);
  return undefined;
}

async function expectUsable(sandbox: Sandbox): Promise<void> {
  const { exitCode, stdout } = await sandbox.commands.run(['echo', 'here']);
  expect([exitCode, stdout.text]).toEqual([0, 'here\n']);
  await sandbox.extend(60);
}
