import fc from 'fast-check';
import { Process, World } from '../pool/testing-only/world';
import { Line, type Place, Shares } from './shares';

const never = new AbortController().signal;

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

function scene(options: { readonly parallel?: number; readonly weights?: Record<string, number> } = {}) {
  const world = new World();
  const { clock } = new Process(world, 1, 0, undefined);
  const { parallel = Number.POSITIVE_INFINITY, weights = {} } = options;
  const shares = new Shares({ parallel, weights, clock });
  const granted: { readonly tenant: string; readonly place: Place }[] = [];
  const ask = (line: Line, tenant: string, signal: AbortSignal = never) =>
    void shares.take(line, tenant, signal).then((place) => place && granted.push({ tenant, place }));
  return { world, shares, granted, ask };
}

test.each(['large', 'constructor', '__proto__'])(
  'a tenant with two items is not held up by one with hundreds that is called %s',
  async (large) => {
    const { granted, ask } = scene();
    const line = new Line(4);
    for (let count = 0; count < 200; count += 1) ask(line, large);
    for (let count = 0; count < 2; count += 1) ask(line, 'small');
    await settle();
    granted[0]!.place.giveBack();
    granted[1]!.place.giveBack();
    await settle();
    expect(granted.map(({ tenant }) => tenant)).toEqual([...Array(4).fill(large), 'small', 'small']);
  },
);

test('whatever is asked and given back, who is next is the one with least of its share, and nothing is taken beyond', async () => {
  const steps = fc.array(
    fc.record({ gives: fc.boolean(), which: fc.nat(20), tenant: fc.nat(2), line: fc.nat(1) }),
    { maxLength: 80 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 6 }), async (all, parallel) => {
      const weights: Record<string, number> = { t0: 1, t1: 2, t2: 3 };
      const { shares } = scene({ parallel, weights });
      const lines = [new Line(3), new Line(4)];
      const waiting = new Map<string, number>();
      const running = new Map<string, number>();
      const held: { readonly key: string; readonly tenant: string; readonly place: Place }[] = [];
      const load = (tenant: string) => (running.get(tenant) ?? 0) / weights[tenant]!;
      const add = (map: Map<string, number>, key: string, more: number) =>
        map.set(key, (map.get(key) ?? 0) + more);
      for (const { gives, which, tenant: number, line: at } of all) {
        if (gives && held.length > 0) {
          const [gone] = held.splice(which % held.length, 1);
          add(running, gone!.tenant, -1);
          gone!.place.giveBack();
        } else if (!gives) {
          const [tenant, key] = [`t${number}`, `t${number}/${at}`];
          add(waiting, key, 1);
          void shares.take(lines[at]!, tenant, never).then((place) => {
            add(waiting, key, -1);
            const others = [...waiting].filter(([other, count]) => {
              const hasRoom = lines[Number(other.at(-1))]!.taken < [3, 4][Number(other.at(-1))]!;
              return count > 0 && hasRoom && load(other.slice(0, 2)) < load(tenant);
            });
            expect(others).toEqual([]);
            add(running, tenant, 1);
            held.push({ key, tenant, place: place! });
          });
        }
        await settle();
        expect(held.length).toBeLessThanOrEqual(parallel);
        for (const [index, most] of [3, 4].entries())
          expect(held.filter(({ key }) => key.endsWith(`/${index}`)).length).toBeLessThanOrEqual(most);
        const canGo = [...waiting].some(
          ([key, count]) => count > 0 && lines[Number(key.at(-1))]!.taken < [3, 4][Number(key.at(-1))]!,
        );
        expect(canGo && held.length < parallel).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});

test('when the quota is full one tries after a pause, and each that finds room lets twice as many try', async () => {
  const { world, shares, granted, ask } = scene();
  const line = new Line(20);
  for (let count = 0; count < 5; count += 1) ask(line, 'a');
  await settle();
  expect(granted).toHaveLength(5);
  for (const { place } of granted) place.full();
  for (let count = 0; count < 10; count += 1) ask(line, 'a');
  expect(shares.isFull).toBe(true);
  await world.goOn(900);
  expect(granted).toHaveLength(5);
  await world.goOn(1_100);
  expect(granted).toHaveLength(6);
  expect(shares.starvedMs).toBeGreaterThan(1_000);
  granted[5]!.place.holds();
  await settle();
  expect([granted.length, shares.isFull, shares.starvedMs]).toEqual([8, false, 0]);
});

test('a place that is given back is tried at once, also while the quota is full', async () => {
  const { granted, ask } = scene();
  const line = new Line(20);
  for (let count = 0; count < 3; count += 1) ask(line, 'a');
  await settle();
  granted[0]!.place.holds();
  granted[1]!.place.full();
  granted[2]!.place.full();
  ask(line, 'a');
  await settle();
  expect(granted).toHaveLength(3);
  granted[0]!.place.giveBack();
  await settle();
  expect(granted).toHaveLength(4);
});

test('who is cancelled has no place, and holds up nobody', async () => {
  const { granted, ask } = scene();
  const line = new Line(1);
  ask(line, 'a');
  const cancelled = new AbortController();
  ask(line, 'a', cancelled.signal);
  ask(line, 'b');
  ask(line, 'a', AbortSignal.abort());
  await settle();
  cancelled.abort();
  granted[0]!.place.giveBack();
  granted[0]!.place.giveBack();
  await settle();
  expect(granted.map(({ tenant }) => tenant)).toEqual(['a', 'b']);
});
