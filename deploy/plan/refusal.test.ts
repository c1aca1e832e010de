import { ApiError } from '../../kube';
import type { ClusterApi } from '../cluster/cluster-api';
import { member } from '../testing-only/member';
import {
  cannotChange,
  conflictsIn,
  immutableIn,
  inConflict,
  isAboutObject,
  notOurs,
  refused,
  refusedBy,
} from './refusal';

const cause = (reason: string, field: string, message: string) => ({ reason, field, message });
const answer = (code: number, reason: string, message: string, causes: readonly object[] = []) =>
  new ApiError('PATCH a', code, { code, reason, message, details: { causes } } as never);

describe('a conflict of fields', () => {
  const conflict = (field: string, by = 'conflict with "helm" using v1') =>
    cause('FieldManagerConflict', field, by);

  test('names the field as a path and who owns it, and nothing else of the answer', () => {
    const causes = [
      conflict('.spec.replicas'),
      conflict('.data', 'somebody'),
      cause('FieldValueInvalid', '.x', 'no'),
    ];
    expect(conflictsIn(answer(409, 'Conflict', 'x', causes))).toEqual([
      { path: 'spec.replicas', owner: { manager: 'helm' } },
      { path: 'data', owner: { manager: 'another manager' } },
    ]);
  });

  test('is told with its owners, since when, and both ways out', () => {
    const told = inConflict(member('ConfigMap'), [
      { path: 'data.a', owner: { manager: 'helm', since: '2026-01-01T00:00:00Z' } },
      { path: 'data.b', owner: { manager: 'kubectl' } },
    ]);
    expect(told).toMatchObject({
      code: 'FIELD_CONFLICT',
      where: 'ConfigMap here/a (set.yaml)',
      found:
        'other values in fields that others own: data.a of helm (since 2026-01-01T00:00:00Z); data.b of kubectl',
      remedy: 'Leave the fields out, and they stay as they are; or take them with --force-conflicts.',
    });
  });

  test.each([
    ['spec.replicas', 'kube-controller-manager', true],
    ['spec.replicas', 'horizontal-pod-autoscaler', true],
    ['spec.replicas', 'kubectl', false],
    ['spec.paused', 'kube-controller-manager', false],
  ])('of %s with %s is an autoscaler: %s', (path, manager, scales) => {
    const { remedy } = inConflict(member('Deployment'), [{ path, owner: { manager } }]);
    expect(remedy.startsWith('Leave spec.replicas out, since an autoscaler sets it')).toBe(scales);
  });
});

test('a field that the kind does not have is told with the one that was most likely meant, of a Secret too', async () => {
  const error = answer(
    500,
    '',
    'failed to create typed patch object (a): .dta: field not declared in schema',
  );
  const schemas = (kind: string) => ({
    a: {
      'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind }],
      properties: { data: {}, immutable: {} },
    },
  });
  for (const kind of ['ConfigMap', 'Secret']) {
    const api = { schemas: async () => schemas(kind) } as unknown as ClusterApi;
    const { code, found } = await refusedBy(api, member(kind), error);
    expect([code, found.endsWith(', did you mean data?')]).toEqual(['OBJECT_REFUSED', true]);
    expect(found.includes('.dta')).toBe(kind === 'ConfigMap');
  }
});

describe('a field that cannot be changed', () => {
  test.each([
    'field is immutable',
    'may not be changed once set',
    'may not change once set',
    'may not be updated',
    'cannot change roleRef',
    'can not be unset',
    'updates to statefulset spec for fields other than replicas are forbidden',
    'updates to parameters are forbidden.',
  ])('is known by "%s"', (message) => {
    const causes = [cause('FieldValueInvalid', 'spec', message)];
    expect(immutableIn(answer(422, 'Invalid', 'x', causes))).toHaveLength(1);
  });

  test('is that only where nothing else is refused', () => {
    const fixed = cause('FieldValueInvalid', 'spec', 'field is immutable');
    const wrong = cause('FieldValueInvalid', 'spec', 'must be positive');
    expect(immutableIn(answer(422, 'Invalid', 'x', [fixed, wrong]))).toEqual([]);
    expect(immutableIn(answer(422, 'Invalid', 'field is immutable'))).toEqual([]);
    expect(immutableIn(answer(403, 'Forbidden', 'x', [fixed]))).toEqual([]);
  });

  const causes = [cause('FieldValueInvalid', 'spec.x', 'field is immutable, was hunter2')];
  test('is told with the way to make the object anew, where nothing is lost by that', () => {
    const told = cannotChange(member('Job'), causes, true);
    expect(told).toMatchObject({
      code: 'FIELD_IMMUTABLE',
      where: 'Job here/a (set.yaml)',
      found: 'a change of what cannot be changed: spec.x: field is immutable, was hunter2',
      remedy: 'Delete it and make it anew with --recreate Job, or put the old values back.',
    });
    const { remedy } = cannotChange(member('StatefulSet'), causes, false);
    expect(remedy).toContain('A StatefulSet is never deleted to make it anew');
    expect(remedy).toContain('kubectl delete StatefulSet/a is yours to decide');
    expect(remedy).not.toContain('--recreate');
  });

  test('is told without the value that the server quotes, which can be a whole pod template', () => {
    const template = 'Invalid value: {"containers":[{"env":"a: hunter2"}]}: field is immutable';
    const told = cannotChange(member('Job'), [cause('FieldValueInvalid', 'spec.template', template)], true);
    expect(told.found).toBe('a change of what cannot be changed: spec.template: field is immutable');
  });

  test('of a Secret is told without what it was', () => {
    expect(cannotChange(member('Secret'), causes, true).found).toBe(
      'a change of what cannot be changed: spec.x',
    );
  });
});

describe('an object that the server refuses', () => {
  test('is told in the words of the server', () => {
    const told = refused(member('ConfigMap'), answer(422, 'Invalid', 'data is no map'));
    expect(told).toMatchObject({ code: 'OBJECT_REFUSED', where: 'ConfigMap here/a (set.yaml)' });
    expect(told.found).toContain('data is no map');
  });

  test('and is a Secret is told by its fields alone: the words may quote it', () => {
    const causes = [
      cause('FieldValueInvalid', 'data.password', 'hunter2'),
      cause('FieldValueRequired', '', 'hunter2'),
    ];
    const told = refused(member('Secret'), answer(422, 'Invalid', 'hunter2 is no base64', causes));
    expect(told.found).toBe(
      '422 Invalid: data.password (FieldValueInvalid), the object (FieldValueRequired) (the words of the server may quote the Secret)',
    );
    expect(refused(member('Secret'), answer(422, 'Invalid', 'hunter2')).found).toBe(
      '422 Invalid (the words of the server may quote the Secret)',
    );
  });

  test('since a webhook does not answer is told so: the object is not what is wrong', () => {
    const told = refused(
      member('ConfigMap'),
      answer(500, 'InternalError', 'failed calling webhook "a": timeout'),
    );
    expect(told.remedy).toContain('Bring the webhook back');
  });

  test.each([
    [400, 'BadRequest', true],
    [403, 'Forbidden', true],
    [404, 'NotFound', true],
    [409, 'AlreadyExists', true],
    [409, 'Conflict', true],
    [422, 'Invalid', true],
    [500, 'InternalError', true],
    [401, 'Unauthorized', false],
    [429, 'TooManyRequests', false],
  ])('%i %s is about the object: %s', (code, reason, about) => {
    expect(isAboutObject(answer(code, reason, 'x'))).toBe(about);
  });
});

test('an object of others is told with who has written it, and how it can be taken over', () => {
  const { where, found, remedy } = notOurs(member('ConfigMap'), ['helm', 'kubectl'], true);
  expect(where).toBe('ConfigMap here/a (set.yaml)');
  expect(found).toBe(
    'an object of helm, kubectl that is there already and belongs to another release or ApplySet',
  );
  expect(remedy).toContain('--adopt');
  expect(notOurs(member('ConfigMap'), [], false).found).toBe('an object that is there already');
});
