import { runReleaseLaw } from '../../deploy/testing-only/release-law';

// What deploy/release-law.test.ts asks, with few enough cases that each mutant can be asked. No project of jest runs
// this file.

jest.setTimeout(120_000);

test('killed or badly answered at any call, no object is lost, nothing foreign is touched, and the set is reached', async () => {
  expect(await runReleaseLaw(25, 20_261_129, false)).toBeGreaterThan(500);
});
