import { sharedCluster } from '../../cluster';
import { killManagers } from './pool-killed';
import { RuntimeInstallation } from './runtime';

// At length, with more managers and numbers: evidence/pool-on-a-cluster.ts.

jest.setTimeout(900_000);

let installation: RuntimeInstallation;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
});
afterAll(() => installation?.remove());

test('managers that share a pool are killed at drawn moments: nothing is claimed twice or used again, and nothing is left', async () => {
  const seen = await killManagers(installation, {
    ...{ managers: 3, kills: 4, seed: 20_261_130, warm: 2, callers: 1, longestMs: 2_500 },
  });
  expect(seen).toMatchObject({ givenTwice: [], changedHands: [], told: { used: 0 } });
  // The control: there was something to be claimed twice.
  expect(seen.told.warm).toBeGreaterThan(0);
  expect(seen.told.ran).toBeGreaterThanOrEqual(3);
});
