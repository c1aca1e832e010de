import { merged, without } from './merge-patch';
import type { Json, JsonObject } from './nodes';

const containers = (...all: readonly JsonObject[]): JsonObject => ({ containers: all });
const app = { name: 'app', image: 'a:1' };
const side = { name: 'side', image: 's:1' };

test.each<[what: string, into: JsonObject, patch: JsonObject, becomes: Json]>([
  ['a key beside another', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['a map into a map', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
  [
    'a map in the place of a text, of a list, of nothing',
    { a: 'x', b: [1], c: null },
    { a: { d: 1 }, b: { d: 1 }, c: { d: 1 } },
    { a: { d: 1 }, b: { d: 1 }, c: { d: 1 } },
  ],
  [
    'a text, and nothing, in the place of a map',
    { a: { b: 1 }, c: { d: 1 } },
    { a: 'x', c: null },
    { a: 'x', c: null },
  ],
  ['a list in the place of another', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
  [
    'an entry by its name',
    containers(app, side),
    containers({ name: 'side', image: 's:2' }),
    containers(app, { ...side, image: 's:2' }),
  ],
  ['an entry of another name behind', containers(app), containers(side), containers(app, side)],
  [
    'a mount by its place',
    { volumeMounts: [{ mountPath: '/a', name: 'v' }] },
    { volumeMounts: [{ mountPath: '/a', name: 'w' }] },
    { volumeMounts: [{ mountPath: '/a', name: 'w' }] },
  ],
  [
    'entries of which one has no name, as a list like any other',
    containers(app),
    containers(side, { image: 'x' }),
    containers(side, { image: 'x' }),
  ],
  [
    'named ones into a list of which one has none',
    containers(app, { image: 'x' }),
    containers(side),
    containers(side),
  ],
  ['entries that are no maps', { env: ['A'] }, { env: [{ name: 'B' }] }, { env: [{ name: 'B' }] }],
  [
    'ports, which are not always by the same field',
    { ports: [{ name: 'a' }] },
    { ports: [{ name: 'b' }] },
    { ports: [{ name: 'b' }] },
  ],
  [
    'a key that every object has',
    {},
    JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
    JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
  ],
])('%s', (_, into, patch, becomes) => {
  const before = JSON.stringify([into, patch]);
  expect(merged(into, patch)).toEqual(becomes);
  // Neither is changed by it.
  expect(JSON.stringify([into, patch])).toBe(before);
});

const pod: JsonObject = {
  spec: {
    nodeName: 'n',
    ...containers(
      {
        ...app,
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: 'y' },
        ],
      },
      side,
    ),
    args: ['a'],
  },
};

test.each<[path: readonly string[], left: unknown]>([
  [['spec'], {}],
  [['spec', 'nodeName'], { spec: { ...(pod.spec as object), nodeName: undefined } }],
  [
    ['spec', 'containers', 'side'],
    { spec: { ...(pod.spec as object), containers: [(pod.spec as { containers: Json[] }).containers[0]] } },
  ],
  [
    ['spec', 'containers', 'side', 'image'],
    {
      spec: {
        ...(pod.spec as object),
        containers: [(pod.spec as { containers: Json[] }).containers[0], { name: 'side' }],
      },
    },
  ],
  [
    ['spec', 'containers', 'app', 'env', 'A'],
    { spec: { ...(pod.spec as object), containers: [{ ...app, env: [{ name: 'B', value: 'y' }] }, side] } },
  ],
  ...[
    ['status'],
    ['spec', 'other'],
    ['spec', 'nodeName', 'deeper'],
    ['spec', 'args', 'a'],
    ['spec', 'containers', 'none'],
    ['toString'],
  ].map((path): [string[], unknown] => [path, pod]),
])('without %j is what is left', (path, left) => {
  const before = JSON.stringify(pod);
  expect(without(pod, path)).toEqual(JSON.parse(JSON.stringify(left)));
  expect(JSON.stringify(pod)).toBe(before);
});
