import { type ClaimProgress, ProgressTeller } from './progress';

test('each phase is told once with each detail, in order, with the sandbox and the time', () => {
  const told: ClaimProgress[] = [];
  const progress = new ProgressTeller('box-1', (one) => told.push(one));
  progress.tell('created');
  progress.tell('preparing', 'pulling a');
  progress.tell('preparing', 'pulling a');
  progress.tell('preparing', 'pulling b');
  progress.tell('preparing');
  progress.tell('created');
  expect(told.map(({ phase, detail }) => [phase, detail])).toEqual([
    ['created', undefined],
    ['preparing', 'pulling a'],
    ['preparing', 'pulling b'],
    ['preparing', undefined],
  ]);
  expect(new Set(told.map(({ sandboxId }) => sandboxId))).toEqual(new Set(['box-1']));
  const times = told.map(({ elapsedMs }) => elapsedMs);
  expect(times[0]).toBeGreaterThanOrEqual(0);
  expect(times[0]).toBeLessThan(performance.now());
  expect(times).toEqual([...times].sort((one, other) => one - other));
});

test('a listener that throws, and one that is not there, break nothing', () => {
  const progress = new ProgressTeller('box-1', () => {
    throw new Error('mine');
  });
  expect(() => progress.tell('ready')).not.toThrow();
  expect(() => new ProgressTeller('box-1', undefined).tell('ready')).not.toThrow();
});
