import fc from 'fast-check';
import { ServerClock } from './server-clock';

const start = Date.parse('2030-01-01T00:00:00Z');
const asHeader = (ms: number) => new Date(ms).toUTCString();

test('without an answer it is the clock of this machine', () => {
  expect(Math.abs(new ServerClock().now() - Date.now())).toBeLessThan(1_000);
});

test('whatever our clock says, and however long answers were under way, it is the server`s and never ahead', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 60_000 }),
    wayMs: fc.integer({ min: 0, max: 900 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      let elapsed = 0;
      const clock = new ServerClock(() => elapsed);
      for (const { afterMs, wayMs } of steps) {
        elapsed += afterMs;
        const told = asHeader(start + elapsed);
        elapsed += wayMs;
        clock.heard(told);
        const behind = start + elapsed - clock.now();
        expect(behind).toBeGreaterThanOrEqual(0);
        expect(behind).toBeLessThan(2_000);
      }
    }),
  );
});

test('a server that sets its clock is believed, in both directions', () => {
  let elapsed = 0;
  const clock = new ServerClock(() => elapsed);
  clock.heard(asHeader(start));
  for (const jump of [600_000, -600_000]) {
    clock.heard(asHeader(start + jump));
    expect(clock.now()).toBe(start + jump);
  }
  elapsed = 500;
  expect(clock.now()).toBe(start - 600_000 + 500);
});

test('what is no Date changes nothing', () => {
  const clock = new ServerClock(() => 0);
  clock.heard(asHeader(start));
  clock.heard('soon');
  clock.heard(undefined);
  expect(clock.now()).toBe(start);
});
