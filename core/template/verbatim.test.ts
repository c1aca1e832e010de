import fc from 'fast-check';
import { asKubeletReads } from './testing-only/as-kubelet-reads';
import { verbatim } from './verbatim';

const texts = fc.array(fc.constantFrom('$', '$$', '(', ')', 'A', '$(A)', 'b', '\n', 'é'), { maxLength: 12 });

test('a text arrives byte for byte, whatever variables there are', () => {
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join('');
      expect(asKubeletReads(verbatim(text), { A: 'a value' })).toBe(text);
    }),
  );
});

test.each(['pa$$word', '$(HOME)', '$', '$$', '$$(A)', 'a$'])('%s does', (text) => {
  expect(asKubeletReads(verbatim(text), { A: 'x', HOME: '/' })).toBe(text);
});

test('the test above sees what would be rewritten', () => {
  expect(asKubeletReads('pa$$word $(A)', { A: 'x' })).toBe('pa$word x');
});
