import { live, stateOf } from '../testing-only/state';
import { presenceCause } from './presence';

const web = (replicas: number) => live('Deployment', 'web', { apiVersion: 'apps/v1', spec: { replicas } });
const place = 'Deployment/web in namespace shop';

test('an object that is there as it was meant says nothing', () => {
  expect(presenceCause(stateOf([], []), web(2), web(2))).toBeUndefined();
});

test('one that is gone, and one whose kind the server does not know', () => {
  expect(presenceCause(stateOf([], []), web(2), undefined)).toEqual({
    code: 'OBJECT_MISSING',
    where: place,
    found: 'nothing of that name',
    expected: 'the object that was meant',
    remedy: 'Apply it again, and find out who deleted it.',
  });
  const unknown = stateOf([], [], { unknownKinds: ['apps/v1 Deployment'] });
  expect(presenceCause(unknown, web(2), undefined)).toEqual({
    code: 'OBJECT_MISSING',
    where: place,
    found: 'a server that does not know the kind Deployment of apps/v1',
    expected: 'its CustomResourceDefinition, or a version of Kubernetes that has it',
    remedy: 'Install what brings the kind, then apply the object.',
  });
});

test('one that was changed, with the field and both values', () => {
  expect(presenceCause(stateOf([], []), web(2), web(3))).toEqual({
    code: 'OBJECT_CHANGED',
    where: `${place} spec.replicas`,
    found: '3',
    expected: '2',
    remedy: 'Apply it again, or change what is meant; somebody changed it in the cluster.',
  });
  expect(presenceCause(stateOf([], [], { unread: ['Deployment'] }), web(2), web(3))).toBeUndefined();
});

test.each<[string, object, string | undefined]>([
  ['this workload', { kind: 'Deployment', name: 'web' }, undefined],
  ['another of its kind', { kind: 'Deployment', name: 'api' }, 'OBJECT_CHANGED'],
  ['another kind of that name', { kind: 'StatefulSet', name: 'web' }, 'OBJECT_CHANGED'],
])('an autoscaler of %s', (_, scaleTargetRef, code) => {
  const autoscaler = live('HorizontalPodAutoscaler', 'a', { spec: { scaleTargetRef } });
  const other = live('HorizontalPodAutoscaler', 'b', { spec: {} });
  expect(presenceCause(stateOf([], [other, autoscaler]), web(2), web(3))?.code).toBe(code);
});
