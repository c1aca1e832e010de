import { resource, type Stored } from '../../kube';
import { addressOf, keyOf } from './key';
import { owned, ownerReference } from './related';

const greetings = resource('example.com/v1', 'Greeting', { plural: 'greetings', namespaced: true });
const worlds = resource('example.com/v1', 'World', { plural: 'worlds', namespaced: false });
const configMaps = resource('v1', 'ConfigMap');
const greeting = {
  apiVersion: 'example.com/v1',
  kind: 'Greeting',
  metadata: { name: 'hello', namespace: 'shop', uid: 'u1', resourceVersion: '1' },
};
const owning = (...ownerReferences: object[]) =>
  ({ ...greeting, kind: 'ConfigMap', metadata: { ...greeting.metadata, ownerReferences } }) as Stored<never>;

test('what an object owns wakes it, and is its own by the reference that is made for it', () => {
  const reference = ownerReference(greeting);
  expect(reference).toEqual({
    ...{ apiVersion: 'example.com/v1', kind: 'Greeting', name: 'hello', uid: 'u1' },
    ...{ controller: true, blockOwnerDeletion: true },
  });
  const { of, keys, priority } = owned(configMaps, greetings);
  expect([of, priority]).toEqual([configMaps, 'normal']);
  expect([...keys(owning(reference))]).toEqual(['shop/hello']);
  expect([...keys(owning({ ...reference, apiVersion: 'example.com/v2' }))]).toEqual(['shop/hello']);
  for (const other of [
    { kind: 'Parting' },
    { apiVersion: 'example.org/v1' },
    { controller: false },
    { controller: undefined },
  ])
    expect([...keys(owning({ ...reference, ...other }))]).toEqual([]);
  expect([...keys(greeting)]).toEqual([]);
});

test('an owner in no namespace is known by its name alone', () => {
  const { keys } = owned(configMaps, worlds);
  const reference = {
    apiVersion: 'example.com/v1',
    kind: 'World',
    name: 'earth',
    uid: 'w',
    controller: true,
  };
  expect([...keys(owning(reference))]).toEqual(['earth']);
});

test.each([
  ['shop/web', { namespace: 'shop', name: 'web' }],
  ['earth', { name: 'earth' }],
])('the key %s is an address, and back', (key, address) => {
  expect(addressOf(key)).toEqual(address);
  expect(keyOf({ apiVersion: 'v1', kind: 'X', metadata: address })).toBe(key);
});

test('what has no name has no key to speak of', () => {
  expect(keyOf({ apiVersion: 'v1', kind: 'X' })).toBe('');
});
