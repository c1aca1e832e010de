import { tool } from '../../cluster';
import { corpus } from './stock-corpus';
import { holdGeneratedPrograms, tooRare } from './stock-generated';
import { holdStockLaw } from './stock-law';

test('a chart that helm renders comes out as under stock cdk8s', async () => {
  const helm = await tool('helm-4');
  const name = 'helm: a chart inside a chart of cdk8s, patched';
  let used = 0;
  const outcome = holdStockLaw(
    corpus[name]!,
    (feature) => {
      used += feature === 'Helm construct' ? 1 : 0;
    },
    { helm },
  );
  expect([outcome, used]).toEqual(['equal', 1]);
}, 300_000);

test('each feature occurs at least 20 times in programs that come out as under stock cdk8s', async () => {
  const counts = holdGeneratedPrograms(220, await tool('helm-4'), process.env.CI ? 12 : undefined);
  expect(tooRare(counts, 20)).toEqual([]);
}, 900_000);
