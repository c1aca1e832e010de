import { JsonPatch } from 'cdk8s';
import fc from 'fast-check';
import { DrydockError, type Json, type JsonObject, type Tree } from '../template';
import { type PatchOperation, patched } from './patch';

const KEYS = ['a', 'b', 'a/b', '~', '~1', '', '0', 'constructor'] as const;
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Json>('x', 'y', 1, true),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const documents = fc.dictionary(fc.constantFrom(...KEYS), json, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});

function pointers(at: Json, path = ''): string[] {
  if (typeof at !== 'object' || at === null) return [];
  return Object.entries(at).flatMap(([key, value]) => {
    const here = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [here, ...pointers(value as Json, here)];
  });
}

/** Changes of a document: where it has something, beside that, and where it has nothing. */
const changes: fc.Arbitrary<{ document: Json; operation: PatchOperation }> = documents.chain((document) => {
  const known = pointers(document);
  const pointer = fc
    .tuple(
      fc.constantFrom(...known),
      fc.constantFrom('', '', '', '/new', '/0', '/1', '/-', '/constructor', '/-1', '/01'),
    )
    .map(([path, more]) => `${path}${more}`);
  const operation = fc.record({
    op: fc.constantFrom('add', 'replace', 'remove', 'move', 'copy'),
    path: pointer,
    from: pointer,
    value: json,
  });
  return fc.record({ document: fc.constant(document), operation });
});

function at(document: Json | undefined, pointer: string): Json | undefined {
  const steps = pointer.split('/').slice(1);
  const keys = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.reduce<Json | undefined>(
    (json, key) => (hasEntry(json, key) ? (json as JsonObject)[key] : undefined),
    document,
  );
}

function hasEntry(json: Json | undefined, key: string): boolean {
  const isContainer = typeof json === 'object' && json !== null;
  return isContainer && key !== 'length' && Object.hasOwn(json, key);
}

/** Whether RFC 6902 lets something be put at a place. */
function hasRoom(document: Json, pointer: string): boolean {
  const last = pointer.lastIndexOf('/');
  const [outer, key] = [at(document, pointer.slice(0, last)), pointer.slice(last + 1)];
  if (!Array.isArray(outer)) return typeof outer === 'object' && outer !== null;
  return key === '-' || key === String(outer.length) || hasEntry(outer, key);
}

/** What stock cdk8s makes of a change that is possible; of others it makes nothing, and says nothing. */
function byStock(document: Json, { op, path, from = '', value }: PatchOperation): Json | undefined {
  const apply = (...steps: JsonPatch[]) => JsonPatch.apply(structuredClone(document), ...steps) as Json;
  if (op === 'remove' || op === 'replace') {
    if (at(document, path) === undefined) return undefined;
    return apply(op === 'remove' ? JsonPatch.remove(path) : JsonPatch.replace(path, value));
  }
  if (op === 'add') return hasRoom(document, path) ? apply(JsonPatch.add(path, value)) : undefined;
  if (at(document, from) === undefined) return undefined;
  const rest = op === 'move' ? apply(JsonPatch.remove(from)) : document;
  if (!hasRoom(rest, path)) return undefined;
  return apply(op === 'move' ? JsonPatch.move(from, path) : JsonPatch.copy(from, path));
}

function byUs(document: Json, operation: PatchOperation): Tree {
  try {
    return patched(document as Tree, [operation], 'here');
  } catch (error) {
    expect(error).toBeInstanceOf(DrydockError);
    return undefined;
  }
}

test('plain data is patched as stock cdk8s patches it, and a change of what is not there is refused', () => {
  const seen = { changed: 0, refused: 0 };
  fc.assert(
    fc.property(changes, ({ document, operation }) => {
      const before = structuredClone(document);
      const expected = byStock(document, operation);
      expect(byUs(document, operation)).toEqual(expected);
      expect(document).toEqual(before);
      seen[expected === undefined ? 'refused' : 'changed'] += 1;
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});

test('several changes are made one after the other', () => {
  const operations = [
    { op: 'add', path: '/a', value: [] },
    { op: 'add', path: '/a/-', value: 'x' },
    { op: 'move', from: '/a/0', path: '/b' },
  ];
  expect(patched({ c: 1 }, operations, 'here')).toEqual({ c: 1, a: [], b: 'x' });
});

test.each<[string, PatchOperation, object]>([
  [
    'a place that is not there',
    { op: 'remove', path: '/a/b/c' },
    {
      where: 'here patch remove /a/b/c',
      found: 'nothing at "b"',
      expected: 'a path that the rendered object has',
    },
  ],
  [
    'no pointer',
    { op: 'add', path: 'a', value: 1 },
    { found: 'the path "a"', expected: 'a JSON pointer such as /spec/replicas' },
  ],
  ['no origin', { op: 'copy', path: '/b' }, { where: 'here patch copy /b', found: 'the path ""' }],
  [
    'another operation',
    { op: 'test', path: '/a' },
    { found: 'the operation test', expected: 'add, replace, remove, copy or move' },
  ],
])('%s is told with its place and what to do', (_what, operation, told) => {
  expect(() => patched({ a: {} }, [operation], 'here')).toThrow(
    expect.objectContaining({
      code: 'PATCH_PATH',
      remedy: expect.stringMatching(/^Synthesize once/),
      ...told,
    }),
  );
});
