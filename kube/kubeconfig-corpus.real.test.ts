import { tool } from '../cluster/tools/tool';
import { meantDifferences, runCorpus } from './testing-only/kubeconfig-corpus-run';

jest.setTimeout(600_000);

test('kubeconfigs mean what they mean to kubectl: who calls, whom, and what is refused', async () => {
  const rows = await runCorpus(await tool('kubectl'), 150, 7);
  const different = rows.filter(({ kubectl, drydock }) => kubectl !== drydock);
  expect(different.filter((row) => !meantDifferences.some(({ applies }) => applies(row)))).toEqual([]);
  // A reason that explains nothing would hide a fault one day.
  for (const { applies } of meantDifferences) expect(different.some(applies)).toBe(true);
  // Both kinds are there, so neither of the two could do the same to everything.
  const refused = rows.filter(({ kubectl }) => kubectl === 'refused').length;
  expect(refused).toBeGreaterThan(30);
  expect(rows.length - refused).toBeGreaterThan(50);
});
