import { runElectionLaw } from '../testing-only/election-law';

test('whatever clocks say and whoever sleeps, an earlier leader never writes after a later one', async () => {
  await runElectionLaw(Number(process.env.ELECTION_LAW_RUNS ?? 1_000));
}, 600_000);
