import { corpus, losses } from './stock-corpus';
import { holdGeneratedPrograms } from './stock-generated';
import { holdStockLaw } from './stock-law';

const withoutHelm = Object.keys(corpus).filter((name) => !name.startsWith('helm'));
const refused = ['a validation that fails', 'a cycle between charts', 'an object whose JSON cannot be made'];

test.each(withoutHelm)('as under stock cdk8s: %s', (name) => {
  const outcome = holdStockLaw(corpus[name]!, () => {});
  expect(outcome).toBe(refused.includes(name) ? 'both refuse' : 'equal');
});

test.each(Object.keys(losses))('refused, because stock cdk8s would lose something: %s', (name) => {
  expect(holdStockLaw(losses[name]!, () => {})).toBe('stock loses an object, ours refuses');
});

test('generated programs come out as under stock cdk8s, byte for byte', () => {
  const counts = holdGeneratedPrograms(60, undefined, process.env.CI ? 11 : undefined);
  expect(counts.outcomes.equal).toBeGreaterThan(15);
}, 300_000);
