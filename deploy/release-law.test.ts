import { runReleaseLaw } from './testing-only/release-law';

// Half a minute on a machine that does nothing else.
jest.setTimeout(1_200_000);

/** On the model in memory, deploy/testing-only/model-api.ts; test/deploy/faults.real.test.ts kills runs on a real API server. */
test('killed or badly answered at any call, no object is lost, nothing foreign is touched, and the set is reached', async () => {
  // Calls that go wrong at one place in each run; counted so that a law which does nothing is seen.
  expect(await runReleaseLaw(700, undefined)).toBeGreaterThan(30_000);
});
