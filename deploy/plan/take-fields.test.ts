import { type Live, MANAGER } from '../cluster/cluster-api';
import { pathsIn, unionOf } from './field-sets';
import { changeTo, fieldsTaken, hasFieldsOf, withTheirFields } from './take-fields';

const ours = { 'f:data': { 'f:x': {} } };
const helm = { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {}, 'f:z': {} } };
const other = { 'f:data': { 'f:z': {} } };
const live = (data: object, managedFields: Live['metadata']['managedFields']): Live => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data },
  metadata: { name: 'a', uid: '1', resourceVersion: '7', managedFields: managedFields ?? [] },
});
const byHelm = { manager: 'helm', operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1: helm };
const byOther = { manager: 'x', operation: 'Update', fieldsV1: other };
const byUs = { manager: MANAGER, operation: 'Apply', fieldsV1: ours };
const inStatus = { manager: 'helm', operation: 'Update', subresource: 'status', fieldsV1: {} };
const before = live({ x: '1', y: '1', z: '1' }, [byHelm, byOther, inStatus]);
const answer = live({ x: '2', y: '1', z: '1' }, [byUs, byHelm, byOther, inStatus]);

test('what one manager alone owned goes, what we state is changed, what another owns too stays', () => {
  expect(changeTo(before, answer, ['helm'])).toEqual({ data: { x: '2', y: null } });
  expect(changeTo(before, answer, ['x'])).toEqual({ data: { x: '2' } });
  expect(changeTo(answer, answer, ['nobody'])).toBeUndefined();
});

test('a manager has fields of an object, and those of its status do not count', () => {
  expect(hasFieldsOf(before, ['helm'])).toBe(true);
  expect(hasFieldsOf(live({}, [inStatus]), ['helm'])).toBe(false);
  expect(hasFieldsOf(answer, [MANAGER])).toBe(false);
});

test('their fields become ours, and nobody else loses one', () => {
  const desired = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  expect(withTheirFields(answer, desired, ['helm'])).toEqual([
    byOther,
    inStatus,
    {
      ...{ manager: MANAGER, operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1' },
      fieldsV1: { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {}, 'f:z': {} } },
    },
  ]);
});

test('of the fields that we state, those that were theirs are told with their owner', () => {
  const owner = { manager: 'helm', since: '2026-01-01T00:00:00Z' };
  expect(fieldsTaken(before, answer, ['helm'])).toEqual([{ path: 'data.x', owner }]);
});

test('fields have a union, and paths in words', () => {
  const one = { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {} } } } };
  const two = { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:args': {} } }, 'f:a.b/c': {} } };
  expect(pathsIn(unionOf(one, two))).toEqual([
    'spec.containers[name=web].image',
    'spec.containers[name=web].args',
    'spec["a.b/c"]',
  ]);
  expect(pathsIn({ 'f:metadata': { 'f:finalizers': { 'v:"x"': {} } } })).toEqual([
    'metadata.finalizers["x"]',
  ]);
});

test('what both have and neither states is no change; a field that comes or goes in a map is one', () => {
  const owned = { 'f:data': { 'f:x': {}, 'f:y': {} } };
  const taken = { manager: 'helm', operation: 'Update', fieldsV1: owned };
  const whole = live({ x: '1', y: '1' }, [taken]);
  const applied = live({ x: '1', y: '1', n: '2' }, [
    { ...byUs, fieldsV1: { 'f:data': { 'f:n': {} } } },
    taken,
  ]);
  expect(changeTo(whole, applied, ['helm'])).toEqual({ data: { x: null, y: null, n: '2' } });
  expect(changeTo(whole, live({ x: '1', y: '1' }, [byUs]), ['helm'])).toEqual({
    data: { y: null },
  });
});

test('a manager of a status keeps what it has, and an object without managers has none to take from', () => {
  const { managedFields: _managed, ...metadata } = before.metadata;
  const bare = { ...before, metadata };
  expect(hasFieldsOf(bare, ['helm'])).toBe(false);
  expect(hasFieldsOf(live({}, [{ operation: 'Update', fieldsV1: helm }]), ['helm'])).toBe(false);
  expect(changeTo(bare, bare, ['helm'])).toBeUndefined();
  const desired = { apiVersion: 'v2', kind: 'ConfigMap' };
  expect(withTheirFields(bare, desired, ['helm'])).toEqual([
    { manager: MANAGER, operation: 'Apply', apiVersion: 'v2', fieldsType: 'FieldsV1', fieldsV1: {} },
  ]);
});
