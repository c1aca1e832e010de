import { isCount, isDuration } from './amounts';
import { apply } from './apply';
import { checkObject, checkTexts, invalid } from './arguments';
import { Connection } from './connection';
import { remove } from './delete';
import { list } from './list';
import { patch } from './patch';
import { resource } from './resource';
import { Stores } from './store/stores';
import { expectFourFacts, failureOf } from './testing-only/failure';
import { configTo } from './testing-only/scripted-server';

test('only an object is one: neither null nor a list nor a scalar', () => {
  expect(() => checkObject('here', 'options', {})).not.toThrow();
  for (const given of [null, undefined, [], 'x', 5, true, () => {}]) {
    expect(() => checkObject('here', 'options', given)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        where: 'here options',
        expected: 'an object',
        effect: 'none',
      }),
    );
  }
});

test('a text may be left out, and nothing else takes its place', () => {
  expect(() => checkTexts('here', { name: 'a', empty: '', other: undefined })).not.toThrow();
  for (const given of [null, 5, {}, ['a']]) {
    expect(() => checkTexts('here', { first: 'a', name: given })).toThrow(
      expect.objectContaining({ where: 'here name', expected: 'a text' }),
    );
  }
});

test.each([
  [5, 'a number, 5'],
  [Number.NaN, 'a number, NaN'],
  ['a', 'a text, "a"'],
  [null, 'null'],
  [[1], 'a list, [1]'],
  [undefined, 'nothing'],
  [5n, 'a bigint, 5'],
  [() => {}, 'a function'],
])('an invalid argument is told as it was found: %p', (given, found) => {
  const error = expectFourFacts(invalid('here', 'x', given, 'another'));
  expect(error.found).toBe(found);
  expect(error.remedy).toContain('`x`');
});

test('a duration is above 0 and one that a timer can wait for; a count is whole', () => {
  expect([0.5, 1, 2 ** 31 - 1].map(isDuration)).toEqual([true, true, true]);
  expect([0, -1, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined].map(isDuration)).toEqual(
    Array(7).fill(false),
  );
  expect([1, 7, Number.MAX_SAFE_INTEGER].map((count) => isCount(count, 1))).toEqual([true, true, true]);
  expect([0, 1.5, 2 ** 53, '5', Number.NaN].map((count) => isCount(count, 1))).toEqual(Array(5).fill(false));
  expect(isCount(0, 0)).toBe(true);
});

describe('a call with a wrong argument is refused by its name, before anything is sent', () => {
  const connection = new Connection({ kubeconfig: configTo('http://127.0.0.1:1') });
  afterAll(() => connection.close());
  const configMaps = resource('v1', 'ConfigMap');
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  const circle: { self?: unknown } = {};
  circle.self = circle;
  // biome-ignore lint/suspicious/noExplicitAny: the types are what these callers do not have
  const none = null as any;
  const address = { name: 'a', namespace: 'b' };

  test.each<[where: string, call: () => Promise<unknown>]>([
    ['apply of a ConfigMap object', () => apply(connection, configMaps, none)],
    ['apply of a ConfigMap options', () => apply(connection, configMaps, object, none)],
    ['apply of a ConfigMap object', () => apply(connection, configMaps, { ...object, ...circle })],
    ['deletion of a ConfigMap options', () => remove(connection, configMaps, address, none)],
    [
      'deletion of a ConfigMap options',
      () => remove(connection, configMaps, address, { uid: circle as unknown as string }),
    ],
    ['list of ConfigMap options', () => list(connection, configMaps, none)],
    ['a write options', () => patch(connection, configMaps, address, { merge: {} }, none)],
    ['store of ConfigMap selection', () => new Stores(connection).open(configMaps, none)],
  ])('%s', async (where, call) => {
    const error = expectFourFacts(await failureOf(async () => call()));
    expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', where, effect: 'none' });
  });
});
