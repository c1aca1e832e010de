import type { KubeObject } from '../../kube';
import { hookOf, isNeverApplied } from './hooks';

const object = (hook: unknown, more: object = {}, annotations: object = {}): KubeObject =>
  ({
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: {
      name: 'a',
      annotations: { ...(hook === undefined ? {} : { 'helm.sh/hook': hook }), ...annotations },
    },
    ...more,
  }) as never;

test.each<[string, ReturnType<typeof hookOf>]>([
  ['pre-install', { when: 'before', weight: 0, only: 'install' }],
  ['pre-upgrade', { when: 'before', weight: 0, only: 'upgrade' }],
  ['pre-install,pre-upgrade', { when: 'before', weight: 0 }],
  ['post-install', { when: 'after', weight: 0, only: 'install' }],
  ['post-install, post-upgrade', { when: 'after', weight: 0 }],
  ['post-upgrade,pre-upgrade', { when: 'before', weight: 0, only: 'upgrade' }],
  ['post-install,post-delete', { when: 'after', weight: 0, only: 'install' }],
  ['crd-install', undefined],
  ['pre-delete', undefined],
  ['pre-rollback,post-rollback', undefined],
  ['test', undefined],
  ['test-success,test-failure', undefined],
])('a Job at %s', (moments, hook) => {
  expect(hookOf(object(moments))).toEqual(hook);
});

test.each([
  ['5', 5],
  ['-5', -5],
  ['0', 0],
  ['much', 0],
  ['Infinity', 0],
])('a weight of "%s" is %d', (text, weight) => {
  expect(hookOf(object('pre-install', {}, { 'helm.sh/hook-weight': text }))).toMatchObject({ weight });
});

test('what is no Job of batch is no hook, nor is a Job that says nothing, or no text', () => {
  const none = [
    object('pre-install', { kind: 'ConfigMap', apiVersion: 'v1' }),
    object('pre-install', { kind: 'Pod', apiVersion: 'v1' }),
    object('pre-install', { apiVersion: 'example.com/v1' }),
    object(undefined),
    object(7),
    object('pre-install', { metadata: undefined }),
    object('pre-install', { metadata: {} }),
  ];
  expect(none.map(hookOf)).toEqual(none.map(() => undefined));
  expect(hookOf(object('pre-install', { apiVersion: 'batch/v2' }))).toBeDefined();
});

test.each<[unknown, boolean]>([
  ['test', true],
  ['test-success', true],
  ['pre-delete', true],
  ['post-delete', true],
  ['pre-rollback', true],
  ['pre-delete,test', true],
  ['pre-delete,pre-install', false],
  ['post-install', false],
  ['mytest', false],
  ['pre-deleted', false],
  [undefined, false],
  ['', false],
])('what is for %j is never applied: %s', (moments, never) => {
  expect(isNeverApplied(object(moments))).toBe(never);
  expect(isNeverApplied(object(moments, { kind: 'Pod', apiVersion: 'v1' }))).toBe(never);
});
