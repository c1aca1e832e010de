import { ClaimsFirst } from './claims-first';
import { Process, World } from './testing-only/world';

function scene() {
  const world = new World();
  const claims = new ClaimsFirst(new Process(world, 1, 0, undefined).clock);
  return { claims, pass: (ms: number) => world.goOn(world.now + ms) };
}

test('without a claim nothing waits, and after one for a moment', async () => {
  const { claims, pass } = scene();
  expect(claims.waitMs).toBe(0);
  claims.claimed();
  await pass(100);
  expect(claims.waitMs).toBe(200);
  await pass(200);
  expect(claims.waitMs).toBe(0);
});

test('claims that come one after the other are waited for a second, each time', async () => {
  const { claims, pass } = scene();
  const waits: boolean[] = [];
  for (let step = 0; step < 24; step += 1) {
    claims.claimed();
    waits.push(claims.waitMs > 0);
    await pass(100);
  }
  expect(waits.flatMap((wait, step) => (wait ? [] : [step]))).toEqual([10, 21]);
});
