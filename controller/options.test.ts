import { type KubeObject, resource } from '../kube';
import { configTo } from '../kube/testing-only/scripted-server';
import type { ControllerOptions } from './controller';
import { Operator, type OperatorOptions } from './operator';
import { afterMsOf } from './options';

const operator = (options: Partial<OperatorOptions> = {}) =>
  new Operator({ name: 'test', kubeconfig: configTo('http://127.0.0.1:9'), ...options });
const controller = (options: Partial<ControllerOptions<KubeObject>>) =>
  operator().controller({ of: resource('v1', 'ConfigMap'), reconcile: async () => {}, ...options });

const NEVER = [Number.NaN, Infinity, -1, 2 ** 32, '5' as never, null as never];

test.each(NEVER)('%p is no duration, count or port', (wrong) => {
  const refused = (place: string) =>
    expect.objectContaining({
      name: 'ControllerError',
      code: 'CONTROLLER_OPTION',
      message: expect.stringMatching(`^CONTROLLER_OPTION at ${place}: found .+; expected .+`),
    });
  for (const name of ['port', 'graceMs'] as const)
    expect(() => operator({ [name]: wrong })).toThrow(refused(`Operator ${name}`));
  for (const name of ['resyncMs', 'firstRetryMs', 'longestRetryMs'] as const)
    expect(() => controller({ [name]: wrong })).toThrow(refused(`Operator.controller ${name}`));
  if (wrong !== 2 ** 32)
    expect(() => controller({ workers: wrong })).toThrow(refused('Operator.controller workers'));
});

test.each([
  ['a', 'A'],
  ['a-1', 'a-'],
  ['0a', '-a'],
  ['x'.repeat(63), 'x'.repeat(64)],
  ['ab', 'a b'],
  ['z', ''],
])('%s may be the name of an operator, and %p not', (right, wrong) => {
  expect(() => operator({ name: right })).not.toThrow();
  expect(() => operator({ name: wrong })).toThrow(
    /^CONTROLLER_OPTION at Operator name: found a text, ".*; expected at most 63 of a-z, 0-9 and dash/,
  );
});

test('at their edges they are taken', () => {
  expect(() => controller({ workers: 0 })).toThrow('found a number, 0; expected a whole number from 1 on');
  expect(() => controller({ resyncMs: 0 })).toThrow('found a number, 0; expected milliseconds above 0');
  expect(() => operator({ port: 65_536 })).toThrow(
    'found a number, 65536; expected a port, 0 for a free one, or false',
  );
  for (const port of [0, 65_535, false] as const) expect(() => operator({ port })).not.toThrow();
  expect(() => operator({ graceMs: 0 })).not.toThrow();
  expect(() =>
    controller({ workers: 1, resyncMs: 1, firstRetryMs: 0.5, longestRetryMs: 2 ** 31 - 1 }),
  ).not.toThrow();
});

test('what a reconcile asks for is a time that can be waited for', () => {
  expect([5, 0, -3].map((afterMs) => afterMsOf({ afterMs }))).toEqual([5, 1, 1]);
  for (const afterMs of [Number.NaN, Infinity, undefined as never])
    expect(() => afterMsOf({ afterMs })).toThrow(
      /^CONTROLLER_OPTION at the answer of a reconcile, afterMs: found/,
    );
});
