import fc from 'fast-check';
import type { KubeObject, Stored } from '../resource';
import { IndexedObjects } from './indexed-objects';

interface Edit {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly owners: readonly string[];
  readonly deleted: boolean;
}

const edits = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    namespace: fc.constantFrom(undefined, 'x', 'y'),
    owners: fc.uniqueArray(fc.constantFrom('o1', 'o2', 'o3')),
    deleted: fc.boolean(),
  }),
  { maxLength: 60 },
);

function objectOf({ name, namespace, owners }: Edit): Stored<KubeObject> {
  const references = owners.map((uid) => ({ apiVersion: 'v1', kind: 'X', name: uid, uid }));
  const metadata = { name, ...(namespace && { namespace }), uid: 'u', resourceVersion: '1' };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, ...(references.length > 0 && { ownerReferences: references }) },
  };
}

test('every index has what a search through all objects finds, and nothing is left of what has gone', () => {
  fc.assert(
    fc.property(edits, (all) => {
      const indexed = new IndexedObjects();
      const naive = new Map<string, Stored<KubeObject>>();
      for (const edit of all) {
        const object = objectOf(edit);
        const key = `${edit.namespace ?? ''}/${edit.name}`;
        if (edit.deleted) {
          indexed.delete(object);
          naive.delete(key);
        } else {
          indexed.set(object);
          naive.set(key, object);
        }
      }
      const objects = [...naive.values()];
      expect(new Set(indexed.all())).toEqual(new Set(objects));
      expect(indexed.size).toBe(objects.length);
      for (const namespace of [undefined, 'x', 'y']) {
        const inside = objects.filter(({ metadata }) => metadata.namespace === namespace);
        expect(new Set(indexed.inNamespace(namespace ?? ''))).toEqual(new Set(inside));
        for (const name of ['a', 'b', 'c']) {
          const one = inside.find(({ metadata }) => metadata.name === name);
          expect(indexed.get(name, namespace)).toBe(one);
        }
      }
      for (const uid of ['o1', 'o2', 'o3']) {
        const owned = objects.filter(({ metadata }) =>
          metadata.ownerReferences?.some((one) => one.uid === uid),
        );
        expect(new Set(indexed.ownedBy(uid))).toEqual(new Set(owned));
      }
      for (const object of objects) indexed.delete(object);
      expect(indexed.entries).toBe(0);
    }),
  );
});

test('an object that names one owner twice, which an API server takes, comes and goes as any other', () => {
  const indexed = new IndexedObjects();
  const object = objectOf({ name: 'a', namespace: 'x', owners: ['o1', 'o1'], deleted: false });
  indexed.set(object);
  expect(indexed.ownedBy('o1')).toEqual([object]);
  indexed.delete(object);
  expect([indexed.ownedBy('o1'), indexed.entries]).toEqual([[], 0]);
});
