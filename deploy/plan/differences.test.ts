import { differences, pathInWords, withoutBookkeeping } from './differences';

const told = (before: unknown, after: unknown) =>
  differences(before, after).map(({ steps, before: was, after: is }) => [pathInWords(steps), was, is]);

test('only what differs is told, as deep as it does', () => {
  expect(told({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] } })).toEqual([['a.b', 1, 2]]);
  expect(told({ a: 1 }, { a: 1 })).toEqual([]);
  expect(told({ a: { b: 1 } }, {})).toEqual([['a', { b: 1 }, undefined]]);
});

test('elements of a list are the same one by their name, wherever they are', () => {
  const one = { name: 'one', image: 'a' };
  const two = { name: 'two', image: 'b' };
  expect(told({ list: [two] }, { list: [one, two] })).toEqual([['list[name=one]', undefined, one]]);
  expect(told({ list: [one, two] }, { list: [one, { ...two, image: 'c' }] })).toEqual([
    ['list[name=two].image', 'b', 'c'],
  ]);
  expect(told({ list: [one, two] }, { list: [two] })).toEqual([['list[name=one]', one, undefined]]);
});

test('another order is another list, and so is one whose elements have no names or have one twice', () => {
  const [a, b] = [{ name: 'a' }, { name: 'b' }];
  expect(told([a, b], [b, a])).toEqual([['', [a, b], [b, a]]]);
  expect(told(['x'], ['x', 'y'])).toEqual([['', ['x'], ['x', 'y']]]);
  expect(told([a, a], [a])).toEqual([['', [a, a], [a]]]);
});

test('a port of two protocols is two elements', () => {
  const port = (protocol: string, name: string) => ({ containerPort: 53, protocol, name });
  const before = [port('TCP', 'x'), port('UDP', 'y')].map(({ name: _name, ...rest }) => rest);
  expect(told(before, [...before, { containerPort: 54, protocol: 'TCP' }])).toHaveLength(1);
});

test('keys with dots are told apart from fields', () => {
  const labels = (value: string) => ({ metadata: { labels: { 'a.b/c': value } } });
  expect(told(labels('1'), labels('2'))).toEqual([['metadata.labels["a.b/c"]', '1', '2']]);
});

test('the state and the bookkeeping of the server are no content', () => {
  const object = {
    kind: 'A',
    metadata: { name: 'a', uid: '1', managedFields: [] },
    status: { ready: true },
    spec: 1,
  };
  expect(withoutBookkeeping(object)).toEqual({ kind: 'A', metadata: { name: 'a' }, spec: 1 });
});
