import { runPoolLaw } from './testing-only/pool-law';

test('whatever is lost, late, doubled, paused or killed, the nine properties of the pool hold', async () => {
  await expect(runPoolLaw(Number(process.env.POOL_LAW_RUNS ?? 300))).resolves.toBeUndefined();
}, 600_000);
