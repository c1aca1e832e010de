import { ApiError, type LeaseApi, type LeaseSpec } from '../../kube';
import { LeaseServer, Process, type Way } from '../testing-only/election-world';
import { clockOf, settle, World } from '../testing-only/fake-clock';
import { Election, type ElectionEvent } from './election';
import type { Term } from './term';

const LEASE_MS = 8_000;
const QUICK: Way = { thereMs: 0, backMs: 0, what: 'answered' };

/** One candidate, by a clock that goes on when the test says so, before a server that is quick. */
function candidate(change: Partial<LeaseApi> = {}) {
  const world = new World();
  const server = new LeaseServer(world, [QUICK]);
  const process = new Process(world, 1, 0);
  const api = { ...server.apiFor(process), ...change };
  const told: string[] = [];
  const tell = (event: ElectionEvent) => {
    if (event.type === 'trouble') told.push(`${world.now} trouble ${event.error.code}`);
    else if (event.type === 'won') told.push(`${world.now} won ${event.term} ${event.tookOver}`);
    else told.push(`${world.now} ${event.type} ${event.term} ${event.why}`);
  };
  const stop = new AbortController();
  const terms: Term[] = [];
  let done = () => {};
  const election = new Election({
    ...{ api, durationMs: LEASE_MS, clock: clockOf(world), now: () => 0, random: () => 0 },
    onEvent: tell,
  });
  const lead = (term: Term) => {
    terms.push(term);
    return new Promise<void>((resolve) => {
      done = resolve;
      term.signal.addEventListener('abort', () => resolve());
    });
  };
  const running = election.run(lead, stop.signal);
  running.catch(() => {});
  return { world, server, told, terms, stop, running, done: () => done(), process };
}

/** What has come of it by now: one that goes on is not waited for. */
const outcomeOf = (running: Promise<void>) =>
  Promise.race([
    running.then(
      () => 'ended',
      (error) => error,
    ),
    settle().then(() => 'it goes on'),
  ]);

const held = (holder: string | undefined, more: object = {}): LeaseSpec => ({
  ...(holder && { holderIdentity: holder }),
  ...{ leaseDurationSeconds: 4, leaseTransitions: 6 },
  ...more,
});
const refusing = (status: number, reason: string) => () =>
  Promise.reject(new ApiError('the Lease', status, { reason }));

/** Somebody else has the Lease before the candidate looks for the first time. */
async function against(spec: LeaseSpec, random = 0) {
  const world = new World();
  const server = new LeaseServer(world, [QUICK]);
  const process = new Process(world, 1, 0);
  const made = server.apiFor(process).create(spec);
  await world.goOn(0);
  await made;
  const reads: number[] = [];
  const told: string[] = [];
  const api: LeaseApi = {
    ...server.apiFor(process),
    read: () => {
      reads.push(world.now);
      return server.apiFor(process).read();
    },
  };
  const election = new Election({
    ...{ api, durationMs: LEASE_MS, clock: clockOf(world), now: () => 0, random: () => random },
    onEvent: (event) => {
      if (event.type === 'won') told.push(`${world.now} won ${event.term} ${event.tookOver}`);
      else if (event.type === 'trouble') told.push(`${world.now} ${event.error.code}`);
    },
  });
  election.run(() => new Promise(() => {}), new AbortController().signal).catch(() => {});
  return { world, server, reads, told };
}

describe('a Lease', () => {
  test('that is not there is made, and waited with for its time: somebody may have deleted it', async () => {
    const { world, told, server } = candidate();
    await world.goOn(LEASE_MS - 1);
    expect(told).toEqual([]);
    expect(server.lease?.spec).toMatchObject({ leaseDurationSeconds: 8, leaseTransitions: 1 });
    await world.goOn(LEASE_MS + 10);
    expect(told).toEqual([`${LEASE_MS} won 1 false`]);
  });

  test('without a holder is taken at once, and nobody is taken it from', async () => {
    const { world, told } = await against(held(undefined));
    await world.goOn(10);
    expect(told).toEqual(['0 won 7 false']);
  });

  test('that is renewed stays another’s', async () => {
    const { world, server, told } = await against(held('other'));
    for (let time = 1_000; time < 30_000; time += 1_000) {
      await world.goOn(time);
      server.touch();
    }
    expect(told).toEqual([]);
  });

  test('of a silent holder is taken after the time that it says, counted from before it was first read', async () => {
    const { world, told } = await against(held('other'));
    await world.goOn(3_999);
    expect(told).toEqual([]);
    await world.goOn(4_000);
    expect(told).toEqual(['4000 won 7 true']);
  });

  test.each([[0], [-1], [undefined]])(
    'of a silent holder that says %p seconds is taken after our own time',
    async (seconds) => {
      const { world, told } = await against(held('other', { leaseDurationSeconds: seconds }));
      await world.goOn(LEASE_MS - 1);
      expect(told).toEqual([]);
      await world.goOn(LEASE_MS);
      expect(told).toEqual([`${LEASE_MS} won 7 true`]);
    },
  );

  test('is looked at eight times in its time, and half as often again by chance', async () => {
    const never = await against(held('other', { leaseDurationSeconds: 1_000 }));
    await never.world.goOn(2_500);
    expect(never.reads).toEqual([0, 1_000, 2_000]);
    const always = await against(held('other', { leaseDurationSeconds: 1_000 }), 1);
    await always.world.goOn(3_500);
    expect(always.reads).toEqual([0, 1_500, 3_000]);
  });
});

describe('what goes wrong', () => {
  test.each([
    ['FORBIDDEN', 403, 'Forbidden'],
    ['UNAUTHENTICATED', 401, 'Unauthorized'],
    ['INVALID', 422, 'Invalid'],
    ['BAD_REQUEST', 400, 'BadRequest'],
  ])('with %s at first ends it, for no waiting mends that', async (code, status, reason) => {
    const { world, running } = candidate({ read: refusing(status, reason) });
    await world.goOn(1);
    expect(await outcomeOf(running)).toMatchObject({ code });
  });

  test('because there is no namespace for a new Lease ends it', async () => {
    const { world, running } = candidate({ create: refusing(404, 'NotFound') });
    await world.goOn(1);
    expect(await outcomeOf(running)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that is no error of a call ends it', async () => {
    const { world, running } = candidate({ read: () => Promise.reject(new TypeError('a fault of ours')) });
    await world.goOn(1);
    expect(await outcomeOf(running)).toEqual(new TypeError('a fault of ours'));
  });

  test('later, or for a while, is told, and tried again', async () => {
    let tries = 0;
    const { world, told } = candidate({
      read: async () => {
        tries += 1;
        if (tries < 3)
          throw new ApiError('the Lease', tries === 1 ? 500 : 403, {
            reason: tries === 1 ? 'InternalError' : 'Forbidden',
          });
        return undefined;
      },
    });
    await world.goOn(2_000 + LEASE_MS);
    expect(told).toEqual(['0 trouble SERVER_ERROR', '1000 trouble FORBIDDEN', '10000 won 1 false']);
  });

  test.each([
    ['CONFLICT', 409, 'Conflict'],
    ['ALREADY_EXISTS', 409, 'AlreadyExists'],
    ['NOT_FOUND', 404, 'NotFound'],
  ])('because somebody was quicker is no trouble: %s', async (_code, status, reason) => {
    let tries = 0;
    const { world, told } = candidate({
      read: async () => {
        tries += 1;
        if (tries === 1) return { metadata: { uid: 'u', resourceVersion: '1' }, spec: {} };
        return undefined;
      },
      change: refusing(status, reason),
    });
    await world.goOn(5_000);
    expect([told, tries > 1]).toEqual([[], true]);
  });
});

describe('a term', () => {
  test('ends when another has changed the Lease, with the reason, and is not given back', async () => {
    const { world, server, told, terms, process } = candidate();
    await world.goOn(LEASE_MS);
    const version = server.lease!.metadata.resourceVersion;
    const stolen = server.apiFor(process).change(version, { holderIdentity: 'thief' });
    await world.goOn(world.now);
    await stolen;
    await world.goOn(2 * LEASE_MS);
    expect(terms[0]!.signal.aborted).toBe(true);
    expect(told[1]).toMatch(/^[\d.]+ ended 1 a Lease that somebody else has changed or deleted$/);
    expect(Number(told[1]!.split(' ')[0])).toBeLessThan(LEASE_MS + LEASE_MS / 2);
  });

  test('that ends as it was meant to frees the Lease at once, and says no reason', async () => {
    const { world, server, told, stop, done, running } = candidate();
    await world.goOn(LEASE_MS);
    stop.abort();
    done();
    await world.goOn(LEASE_MS + 10);
    expect(await outcomeOf(running)).toBe('ended');
    expect(told.at(-1)).toBe(`${LEASE_MS} ended 1 undefined`);
    expect(server.lease?.spec?.holderIdentity).toBeNull();
  });

  /** A leader whose changes of the Lease end in such a way from `cut` on. */
  function leader(status: number, reason: string) {
    const sent: (readonly [number, LeaseSpec])[] = [];
    let refuses = false;
    const of = candidate({
      change: (version, spec) => {
        if (!refuses) return of.server.apiFor(of.process).change(version, spec);
        sent.push([of.world.now, spec]);
        return refusing(status, reason)();
      },
    });
    const cut = () => {
      refuses = true;
    };
    return { ...of, sent, cut };
  }

  test('hears that the Lease is another’s with the answer that says so', async () => {
    const { world, told, sent, cut } = leader(409, 'Conflict');
    await world.goOn(LEASE_MS);
    cut();
    await world.goOn(LEASE_MS + LEASE_MS / 3 + 1);
    const [[at]] = sent as [readonly [number, LeaseSpec]];
    expect(told[1]).toBe(`${at} ended 1 a Lease that somebody else has changed or deleted`);
  });

  test('that cannot be renewed ends by itself, says for how long, and leaves the Lease to run out', async () => {
    const { world, told, terms, sent, cut, server } = leader(500, 'InternalError');
    await world.goOn(LEASE_MS);
    cut();
    await world.goOn(2 * LEASE_MS);
    expect(terms[0]!.signal.aborted).toBe(true);
    expect(told[1]).toMatch(/^[\d.]+ ended 1 no sign of life from us for [1-8] s$/);
    expect(sent.filter(([, { holderIdentity }]) => holderIdentity === null)).toEqual([]);
    expect(server.lease?.spec?.holderIdentity).toMatch(/./);
  });

  test('whose work has failed leaves the Lease to run out, for a call may be under way', async () => {
    const world = new World();
    const server = new LeaseServer(world, [QUICK]);
    const election = new Election({
      ...{ api: server.apiFor(new Process(world, 1, 0)), durationMs: LEASE_MS, clock: clockOf(world) },
    });
    const running = election.run(() => Promise.reject(new Error('no disk')), new AbortController().signal);
    running.catch(() => {});
    await world.goOn(LEASE_MS + 10);
    expect(await outcomeOf(running)).toEqual(new Error('no disk'));
    expect(server.lease?.spec?.holderIdentity).toMatch(/./);
  });

  test('is not begun where the end comes while a new Lease is waited with', async () => {
    const { world, told, stop, running, server } = candidate();
    await world.goOn(1_000);
    stop.abort();
    await world.goOn(20_000);
    expect(await outcomeOf(running)).toBe('ended');
    expect(told).toEqual([]);
    expect(server.lease?.spec?.holderIdentity).toMatch(/./);
  });

  test('is not begun with a Lease whose answer came too late', async () => {
    const late: Way = { thereMs: 0, backMs: LEASE_MS, what: 'answered' };
    const world = new World();
    const server = new LeaseServer(world, [QUICK, QUICK, late, QUICK]);
    const process = new Process(world, 1, 0);
    const made = server.apiFor(process).create(held(undefined));
    await world.goOn(0);
    await made;
    const told: string[] = [];
    const election = new Election({
      ...{ api: server.apiFor(process), durationMs: LEASE_MS, clock: clockOf(world), now: () => 0 },
      onEvent: (event) => told.push(`${world.now} ${event.type}`),
    });
    election.run(() => new Promise(() => {}), new AbortController().signal).catch(() => {});
    await world.goOn(LEASE_MS + 1);
    expect(told).toEqual([]);
  });
});

test.each([500, 1_500, 0, Number.NaN])('a Lease of %p ms is refused: it has whole seconds', (durationMs) => {
  const api = {} as LeaseApi;
  expect(() => new Election({ api, durationMs })).toThrow(
    `CONTROLLER_OPTION at Election durationMs: found ${durationMs}; expected whole seconds, in milliseconds.`,
  );
  expect(() => new Election({ api, durationMs: 1_000 })).not.toThrow();
});
