import fc from 'fast-check';
import { verbatim } from './verbatim';

/** What Kubernetes makes of a command or a variable: `Expand` of k8s.io/kubernetes/third_party/forked/golang/expansion. */
function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:(\$)|\(([^)]*)\))/g, (whole, dollar, name) =>
    dollar ? '$' : (variables[name as string] ?? whole),
  );
}

const texts = fc.array(fc.constantFrom('$', '$$', '(', ')', 'A', '$(A)', 'b', '\n', 'é'), { maxLength: 12 });

test('a text arrives byte for byte, whatever variables there are', () => {
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join('');
      expect(expanded(verbatim(text), { A: 'a value' })).toBe(text);
    }),
  );
});

test.each(['pa$$word', '$(HOME)', '$', '$$', '$$(A)', 'a$'])('%s does', (text) => {
  expect(expanded(verbatim(text), { A: 'x', HOME: '/' })).toBe(text);
});

test('the test above sees what would be rewritten', () => {
  expect(expanded('pa$$word $(A)', { A: 'x' })).toBe('pa$word x');
});
