import { type Live, MANAGER } from '../cluster/cluster-api';
import { differences } from './differences';
import { isManagedByUs, otherManagers, otherOwners, ownerNamed } from './owners';

const live = (managedFields: Live['metadata']['managedFields']): Live => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: '1', resourceVersion: '1', managedFields: managedFields ?? [] },
});
const fields = {
  'f:spec': {
    'f:replicas': {},
    'f:template': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:args': {} } } },
    'f:finalizers': { 'v:"a"': {} },
  },
};
const object = live([
  { manager: 'hpa', operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1: fields },
  { manager: MANAGER, operation: 'Apply', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
]);

const ownersAt = (before: object, after: object) =>
  differences(before, after).map(({ steps }) => otherOwners(object, steps).map(({ manager }) => manager));

test('a field has its owner, through maps and through elements that have names', () => {
  expect(ownersAt({ spec: { replicas: 1 } }, { spec: { replicas: 2 } })).toEqual([['hpa']]);
  expect(ownersAt({ spec: { paused: true } }, { spec: { paused: false } })).toEqual([[]]);
  const image = (name: string, tag: string) => ({
    spec: { template: { containers: [{ name, image: tag }] } },
  });
  expect(ownersAt(image('web', '1'), image('web', '2'))).toEqual([['hpa']]);
  expect(ownersAt(image('side', '1'), image('side', '2'))).toEqual([[]]);
});

test('what is owned as a whole is owned in all that is in it', () => {
  const args = (one: string) => ({ spec: { template: { containers: [{ name: 'web', args: { a: one } }] } } });
  expect(ownersAt(args('x'), args('y'))).toEqual([['hpa']]);
});

test('an owner is told with its time, and others are known by their names', () => {
  const [{ steps }] = differences({ spec: { replicas: 1 } }, { spec: { replicas: 2 } }) as [
    ReturnType<typeof differences>[number],
  ];
  expect(otherOwners(object, steps)).toEqual([{ manager: 'hpa', since: '2026-01-01T00:00:00Z' }]);
  expect(otherManagers(object)).toEqual(['hpa']);
});

test('ours is what our manager has applied, and not what it has changed in a status', () => {
  expect(isManagedByUs(object)).toBe(true);
  expect(isManagedByUs(live([{ manager: MANAGER, operation: 'Update', fieldsV1: fields }]))).toBe(false);
  const inStatus = { manager: MANAGER, operation: 'Apply', subresource: 'status', fieldsV1: fields };
  expect(isManagedByUs(live([inStatus]))).toBe(false);
});

test('a manager that is named has the time of its last change, if the object knows it', () => {
  const entry = (time: string) => ({ manager: 'hpa', operation: 'Update', time, fieldsV1: {} });
  const twice = live([entry('2026-01-02T00:00:00Z'), entry('2026-01-01T00:00:00Z')]);
  expect(ownerNamed(twice, 'hpa')).toEqual({ manager: 'hpa', since: '2026-01-02T00:00:00Z' });
  expect(ownerNamed(twice, 'helm')).toStrictEqual({ manager: 'helm' });
});

test('an owner is told once, also where it has two entries; one without a name is unknown', () => {
  const [{ steps }] = differences({ spec: { replicas: 1 } }, { spec: { replicas: 2 } }) as [
    ReturnType<typeof differences>[number],
  ];
  const replicas = { 'f:spec': { 'f:replicas': {} } };
  const twice = live([
    { manager: 'hpa', operation: 'Update', time: '1', fieldsV1: replicas },
    { manager: 'hpa', operation: 'Apply', fieldsV1: replicas },
    { operation: 'Update', fieldsV1: replicas },
    { manager: 'helm', operation: 'Update' },
    { manager: MANAGER, operation: 'Apply', fieldsV1: replicas },
  ]);
  expect(otherOwners(twice, steps)).toEqual([{ manager: 'hpa', since: '1' }, { manager: 'unknown' }]);
  expect(otherManagers(twice)).toEqual(['hpa', 'helm']);
});

test('an object that no manager is known of is owned by none', () => {
  const { managedFields: _managed, ...metadata } = live([]).metadata;
  const bare = { ...live([]), metadata };
  expect([
    otherOwners(bare, [{ key: 'a' }]),
    otherManagers(bare),
    isManagedByUs(bare),
    ownerNamed(bare, 'x'),
  ]).toEqual([[], [], false, { manager: 'x' }]);
});
