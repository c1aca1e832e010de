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

test('an object without metadata, or with metadata that is no map, is read as one that has none', () => {
  expect(withoutBookkeeping({ kind: 'A' })).toEqual({ kind: 'A', metadata: {} });
  expect(withoutBookkeeping({ kind: 'A', metadata: 'x', status: 1 })).toEqual({ kind: 'A', metadata: {} });
  const server = {
    ...{ resourceVersion: '1', generation: 1, uid: 'u', creationTimestamp: 't', selfLink: 's' },
    ...{ managedFields: [], deletionTimestamp: 't', deletionGracePeriodSeconds: 1 },
  };
  expect(withoutBookkeeping({ metadata: { ...server, name: 'a', labels: {} } })).toEqual({
    metadata: { name: 'a', labels: {} },
  });
});

test.each<[object, string]>([
  [{ containerPort: 80, protocol: 'TCP' }, 'list[containerPort=80].x'],
  [{ port: 80, protocol: 'TCP' }, 'list[port=80].x'],
  [{ mountPath: '/a' }, 'list[mountPath=/a].x'],
  [{ devicePath: '/dev/a' }, 'list[devicePath=/dev/a].x'],
  [{ topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }, 'list[topologyKey=zone].x'],
  [{ ip: '192.0.2.1' }, 'list[ip=192.0.2.1].x'],
  [{ key: 'a' }, 'list[key=a].x'],
  [{ host: 'a' }, 'list[host=a].x'],
  [{ path: '/a' }, 'list[path=/a].x'],
  [{ type: 'a' }, 'list[type=a].x'],
])('an element like %j is known by that', (element, path) => {
  expect(told({ list: [{ ...element, x: 1 }] }, { list: [{ ...element, x: 2 }] })).toEqual([[path, 1, 2]]);
});

test('elements that not all have the same name field are compared as a list; an element without a name has its place', () => {
  expect(told([{ name: 'a' }, { key: 'b' }], [{ name: 'a' }])).toEqual([
    ['', [{ name: 'a' }, { key: 'b' }], [{ name: 'a' }]],
  ]);
  expect(pathInWords([{ key: 'list' }, { index: 3, element: 'x' }])).toBe('list[3]');
  expect(pathInWords([{ key: 'list' }, { index: 3, element: { other: 1 } }, { key: 'b' }])).toBe('list[3].b');
  expect(pathInWords([{ key: 'a.b' }, { key: 'c-d' }])).toBe('["a.b"].c-d');
});

test('ports of two protocols are told apart, and an order that stays the same among what is new is no difference', () => {
  const port = (number: number, protocol: string, name = 'n') => ({
    containerPort: number,
    protocol,
    x: name,
  });
  expect(told([port(53, 'TCP'), port(53, 'UDP')], [port(53, 'TCP'), port(53, 'UDP', 'm')])).toEqual([
    ['[containerPort=53].x', 'n', 'm'],
  ]);
  const named = (...names: readonly string[]) => names.map((name) => ({ name }));
  expect(told(named('a', 'b'), named('x', 'a', 'y', 'b')).map(([path]) => path)).toEqual([
    '[name=x]',
    '[name=y]',
  ]);
  expect(told(named('a', 'b', 'c'), named('c')).map(([path]) => path)).toEqual(['[name=a]', '[name=b]']);
});

test('a map and a list, and a map and a text, are two values', () => {
  expect(told({ a: { b: 1 } }, { a: [1] })).toEqual([['a', { b: 1 }, [1]]]);
  expect(told({ a: [1] }, { a: { b: 1 } })).toEqual([['a', [1], { b: 1 }]]);
  expect(told({ a: { b: 1 } }, { a: 'x' })).toEqual([['a', { b: 1 }, 'x']]);
});
