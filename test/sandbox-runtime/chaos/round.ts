import { randomBytes } from 'node:crypto';
import type { Fault } from './fault';
import type { Ground } from './ground';
import { type Life, live, type Strike, WAYS, type Way } from './life';

const AT_ONCE = 4;

/** What became of one fault on one way. */
export interface Row {
  readonly fault: string;
  readonly way: Way;
  readonly injections: number;
  /** What callers saw, and how many of them. */
  readonly saw: Readonly<Record<string, number>>;
  /** Until they knew, from the fault on. */
  readonly toldMs: readonly number[];
  readonly doubleClaims: readonly string[];
  readonly ranTwice: readonly string[];
  readonly orphans: readonly string[];
  readonly wrongSuccesses: readonly string[];
  /** `undefined` where it did not become full. */
  readonly fullAgainMs: number | undefined;
}

/** Callers of each way meet a fault, so many times on each. */
export async function runFault(
  ground: Ground,
  fault: Fault,
  injections: number,
  fullWithinMs?: number,
): Promise<Row[]> {
  const { ways = WAYS, atOnce = AT_ONCE } = fault;
  const lives: Life[] = [];
  const hits: Record<Way, number> = { warm: 0, cold: 0, job: 0 };
  const hit = (way: Way) => {
    hits[way] += 1;
  };
  ground.hit = hit;
  const changedBefore = ground.witness.changedHands.length;
  const usedBefore = ground.rival.result.told.used;
  for (let done = 0; done < injections; done += atOnce) {
    const count = Math.min(atOnce, injections - done);
    lives.push(...(await batch(ground, fault, { ways, count, first: done })));
  }
  ground.way.follow(() => undefined);
  const fullAgainMs = await ground.fullAgain(fullWithinMs);
  const names = lives.flatMap(({ sandbox }) => sandbox ?? []);
  await ground.census.over(names);
  const outside = [
    ...ground.witness.changedHands.slice(changedBefore),
    ...Array.from({ length: ground.rival.result.told.used - usedBefore }, () => 'used, as the rival saw it'),
  ];
  return ways.map((way, at) => {
    const own = lives.filter((life) => life.way === way);
    return {
      ...{ fault: fault.name, way, fullAgainMs, injections: hits[way] },
      saw: tallied(own.map(({ saw }) => saw)),
      toldMs: own.map(({ toldMs }) => toldMs),
      doubleClaims: [
        ...own.filter(({ isUsed }) => isUsed).map(({ id }) => id),
        ...givenTwice(own),
        ...(at === 0 ? outside : []),
      ],
      ranTwice: own
        .filter(
          ({ id, sandbox }) =>
            ground.workspaces.count(`start ${id}`) > 1 || (sandbox && ground.census.podsOf(sandbox) > 1),
        )
        .map(({ id }) => id),
      orphans: ground.census.orphans(own.flatMap(({ sandbox }) => sandbox ?? [])),
      wrongSuccesses: own.flatMap(({ id, wrong }) => (wrong ? [`${id}: ${wrong}`] : [])),
    };
  });
}

interface Batch {
  readonly ways: readonly Way[];
  readonly count: number;
  readonly first: number;
}

async function batch(ground: Ground, fault: Fault, { ways, count, first }: Batch): Promise<Life[]> {
  ground.way.follow(fault.rule?.(ground.hit) ?? (() => undefined));
  const meeting = new Meeting(ways.length * count, () => fault.strikeAll?.(ground));
  const strike: Strike = async (victim) => {
    if (!fault.rule && !(fault.whileJobStarts && victim.way === 'job')) ground.hit(victim.way);
    if (fault.strikeAll) await meeting.arrive();
    await fault.strike?.(ground, victim);
  };
  const all = ways.flatMap((way) =>
    Array.from({ length: count }, async (_, index) => {
      const id = `${way}-${slug(fault.name)}-${first + index}-${randomBytes(2).toString('hex')}`;
      let hasArrived = false;
      const life = await live({
        ...{ ground, fault, way, id },
        strike: async (victim) => {
          hasArrived = true;
          await strike(victim);
        },
      });
      if (!hasArrived) meeting.leave();
      return life;
    }),
  );
  return Promise.all(all);
}

/** All come, or let it be known that they do not; then it happens, once. */
class Meeting {
  readonly #done: Promise<void>;
  #tellAll = () => {};

  constructor(
    private missing: number,
    happens: () => Promise<void> | undefined,
  ) {
    this.#done = new Promise<void>((resolve) => {
      this.#tellAll = resolve;
    }).then(happens);
    this.#done.catch(() => {});
  }

  arrive(): Promise<void> {
    this.leave();
    return this.#done;
  }

  leave(): void {
    this.missing -= 1;
    if (this.missing === 0) this.#tellAll();
  }
}

function tallied(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function givenTwice(lives: readonly Life[]): string[] {
  const given = new Set<string>();
  return lives.flatMap(({ sandbox, id }) => {
    if (sandbox === undefined) return [];
    if (given.has(sandbox)) return [`${id}: ${sandbox} again`];
    given.add(sandbox);
    return [];
  });
}

const slug = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replace(/^-|-$/g, '');

/** What a row has that must not be, in words. */
export function breachesOf(row: Row, least = 1): string[] {
  const { doubleClaims, ranTwice, orphans, wrongSuccesses, fullAgainMs, injections } = row;
  const some = (what: string, found: readonly string[]) =>
    found.length > 0 ? [`${what}: ${found.slice(0, 3).join('; ')}`] : [];
  return [
    ...some('double claims', doubleClaims),
    ...some('run twice', ranTwice),
    ...some('orphans', orphans),
    ...some('wrong successes', wrongSuccesses),
    ...(fullAgainMs === undefined ? ['the pool is not full again'] : []),
    ...(injections < least ? [`injected ${injections} times, not ${least}`] : []),
  ];
}
