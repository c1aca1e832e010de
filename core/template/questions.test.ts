import { Loop, Node, type Op } from './nodes';
import { childrenOf, loopOf, outerLoopsOf, visitNodes } from './questions';
import { BOOLEAN, PLAIN_STRING, type Shape } from './shape';

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

const LIST: Shape = { type: 'list', items: PLAIN_STRING };
const loopOver = () => new Loop(PLAIN_STRING, PLAIN_STRING);
const itemOf = (loop: Loop) => new Node({ op: 'item', loop, path: [], optional: false }, PLAIN_STRING);
const keyOf = (loop: Loop) => new Node({ op: 'key', loop }, PLAIN_STRING);
const over = new Node({ op: 'builtin', name: 'Release.Name' }, LIST);
const repeated: readonly [string, (loop: Loop, inner: Node) => Op][] = [
  ['range', (loop, body) => ({ op: 'range', loop, over, body })],
  ['filter', (loop, cond) => ({ op: 'filter', loop, over, cond })],
  ['some', (loop, cond) => ({ op: 'some', loop, over, cond })],
];

test.each(repeated)('%s runs a loop over a list, and is made of both', (_, made) => {
  const loop = loopOver();
  const op = made(loop, itemOf(loop));
  const node = new Node(op, op.op === 'some' ? BOOLEAN : LIST);
  expect(loopOf(node)).toBe(loop);
  expect(childrenOf(node)).toEqual([over, itemOf(loop)]);
  expect(loopOf(itemOf(loop))).toBeUndefined();
});

test.each(repeated)('of what a %s reads, the loop around it is the outer one', (_, made) => {
  const [outer, inner] = [loopOver(), loopOver()];
  const both = new Node({ op: 'concat', parts: [itemOf(inner), keyOf(outer)] }, PLAIN_STRING);
  expect([...outerLoopsOf({ a: new Node(made(inner, both), LIST) })]).toEqual([outer]);
  expect([...outerLoopsOf([new Node(made(inner, itemOf(inner)), LIST)])]).toEqual([]);
  expect([...outerLoopsOf([itemOf(inner), keyOf(outer)])]).toEqual([inner, outer]);
});
