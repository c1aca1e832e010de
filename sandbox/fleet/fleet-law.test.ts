import { runFleetLaw } from './testing-only/fleet-law';

test('whatever fails, is full, lost, killed or started again, each item has its one true outcome', async () => {
  await expect(runFleetLaw(Number(process.env.FLEET_LAW_RUNS ?? 300))).resolves.toBeUndefined();
}, 600_000);
