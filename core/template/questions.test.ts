import { Node } from './nodes';
import { childrenOf, visitNodes } from './questions';
import { PLAIN_STRING } from './shape';

test('a fact of the release is made of nothing else, and is met in a walk like any other node', () => {
  const name = new Node({ op: 'builtin', name: 'Release.Name' }, PLAIN_STRING);
  expect(childrenOf(name)).toEqual([]);
  const met: Node[] = [];
  visitNodes(
    { a: [name, { b: 1 }], c: new Node({ op: 'concat', parts: [name, '-x'] }, PLAIN_STRING) },
    (node) => met.push(node),
  );
  expect(met.filter((node) => node === name)).toHaveLength(2);
  expect(met).toHaveLength(3);
});
