import { runElectionLaw } from '../testing-only/election-law';

test('whatever clocks say and whoever sleeps, an earlier leader never writes after a later one', async () => {
  const held = runElectionLaw(Number(process.env.ELECTION_LAW_RUNS ?? 1_000));
  await expect(held).resolves.toBeUndefined();
}, 600_000);
