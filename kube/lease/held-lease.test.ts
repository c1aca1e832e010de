import { KubeError } from '../errors';
import { type Clock, Moment, realClock } from './clock';
import { HeldLease } from './held-lease';
import type { LeaseApi, LeaseSpec, StoredLease } from './lease';

/** What two holders make of one Lease is in the laws of controller/ and deploy/; here is one holder, by a clock of the test. */
const DURATION = 9_000;

function stored(version: number, holderIdentity = 'we'): StoredLease {
  return { metadata: { uid: 'u', resourceVersion: String(version) }, spec: { holderIdentity } };
}

function refused(code: 'CONFLICT' | 'UNREACHABLE'): KubeError {
  return new KubeError(code, { where: 'here', found: 'x', expected: 'y', remedy: 'z' });
}

/** A server that answers as it is told to, and the holder of its Lease. */
function holding(change: (version: string) => StoredLease = (version) => stored(Number(version) + 1)) {
  const asked: Array<readonly [version: string, spec: LeaseSpec]> = [];
  const found = { lease: stored(7, 'another') };
  const api: LeaseApi = {
    read: async () => found.lease,
    create: async () => stored(1),
    change: async (version, spec) => {
      asked.push([version, spec]);
      return change(version);
    },
  };
  let [monotonic, boot, wall] = [0, 0, 0];
  const timers: Array<readonly [ms: number, what: () => void]> = [];
  const clock: Clock = {
    monotonicMs: () => monotonic,
    bootMs: () => boot,
    wallMs: () => wall,
    startTimer: (ms, what) => {
      timers.push([ms, what]);
      return () => timers.splice(0);
    },
  };
  const held = new HeldLease({
    ...{ api, lease: stored(1), durationMs: DURATION, now: () => Date.parse('2026-01-01'), clock },
    askedAt: new Moment(clock),
  });
  return {
    ...{ held, asked, found, timers },
    /** @param slept for so long the process did not run */
    pass: (ms: number, slept = 0) => {
      monotonic += ms;
      boot += ms + slept;
      wall += ms + slept;
    },
    setWall: (ms: number) => {
      wall = ms;
    },
    /** Lets the next timer ring, and what it begins end. */
    ring: async () => {
      timers.shift()?.[1]();
      await new Promise(setImmediate);
    },
  };
}

test('it is renewed every third of its time, each time from the version that the last renewal gave', async () => {
  const { held, asked, timers, pass, ring } = holding();
  for (const version of ['1', '2']) {
    expect(timers.map(([ms]) => ms)).toEqual([DURATION / 3]);
    pass(DURATION / 3);
    await ring();
    expect(asked.at(-1)).toEqual([version, { renewTime: '2026-01-01T00:00:00.000000Z' }]);
    expect(held.leftMs()).toBe(DURATION * 0.8);
  }
  expect(await held.stop()).toEqual(stored(3));
  expect(timers).toEqual([]);
});

test('it is ours for four fifths of its time, also by a clock that went on while the machine slept, and by no clock that was set back', () => {
  const awake = holding();
  awake.pass(1_000);
  expect([awake.held.silentMs(), awake.held.leftMs()]).toEqual([1_000, 6_200]);
  const asleep = holding();
  asleep.pass(1_000, 6_000);
  expect([asleep.held.silentMs(), asleep.held.leftMs()]).toEqual([7_000, 200]);
  asleep.pass(0, 1_000);
  expect(asleep.held.leftMs()).toBe(0);
  const setBack = holding();
  setBack.pass(2_000);
  setBack.setWall(-100_000);
  expect(setBack.held.silentMs()).toBe(2_000);
  const asleepAndSetBack = holding();
  asleepAndSetBack.pass(1_000, 6_000);
  asleepAndSetBack.setWall(0);
  expect(asleepAndSetBack.held.silentMs()).toBe(7_000);
  // As a virtual machine that its host has stopped: only the clock that can be set is put right.
  const stopped = holding();
  stopped.setWall(5_000);
  expect(stopped.held.silentMs()).toBe(5_000);
});

test('as soon as another has it, it is no longer ours, the listener hears it once, and nothing is renewed any more', async () => {
  const { held, timers, ring } = holding(() => {
    throw refused('CONFLICT');
  });
  let heard = 0;
  held.onLost(() => {
    heard += 1;
  });
  await ring();
  expect([heard, held.leftMs(), timers.length]).toEqual([1, 0, 0]);
  expect(held.lost).toMatchObject({ code: 'CONFLICT' });
});

test('a label that somebody has set on it leaves it ours, and a server that is away is asked again', async () => {
  let isAway = true;
  const { held, asked, found, timers, ring } = holding((version) => {
    if (isAway) throw refused('UNREACHABLE');
    if (version === '1') throw refused('CONFLICT');
    return stored(Number(version) + 1);
  });
  await ring();
  expect([held.lost, timers.length]).toEqual([undefined, 1]);
  isAway = false;
  found.lease = stored(7);
  await ring();
  expect([held.lost, timers.length]).toEqual([undefined, 1]);
  expect(asked.map(([version]) => version)).toEqual(['1', '1', '7']);
});

test('without a clock of its own it goes by that of the machine', async () => {
  const api = {} as LeaseApi;
  const askedAt = new Moment(realClock);
  const real = new HeldLease({ api, lease: stored(1), durationMs: 3_600_000, now: Date.now, askedAt });
  expect(real.leftMs()).toBeGreaterThan(0);
  expect(await real.stop()).toEqual(stored(1));
});
