import { KubeError } from '../../kube';
import type { Commands } from '../commands';
import type { Files } from '../files';
import { refusal } from '../testing-only/scripted-runtime';
import { commandsWithOwnErrors, filesWithOwnErrors } from './own-errors';

const broken = new KubeError('CONNECTION_LOST', {
  where: 'GET /x',
  found: 'an end',
  expected: 'an answer',
  remedy: 'Try it again.',
});

/** Whatever is called fails as a call of the room beneath does, and writes down what it was given. */
function failing<Of extends object>(): { readonly of: Of; readonly given: unknown[][] } {
  const given: unknown[][] = [];
  const get =
    (_of: object, name: string) =>
    (...args: unknown[]) => {
      given.push([name, ...args]);
      return Promise.reject(broken);
    };
  return { of: new Proxy({}, { get }) as Of, given };
}

test.each(['run', 'shell', 'start'] as const)(
  '%s passes on what it is given, and fails as the runtime does',
  async (name) => {
    const { of, given } = failing<Commands>();
    const options = { cwd: 'x' };
    const call = commandsWithOwnErrors(of, 'box-1')[name] as (...args: unknown[]) => Promise<unknown>;
    expect(await refusal(call('a command', options))).toMatchObject({
      code: 'ApiFailed',
      where: 'a command in sandbox box-1',
      sandboxId: 'box-1',
      cause: broken,
    });
    expect(given).toEqual([[name, 'a command', options]]);
  },
);

test.each<[keyof Files, number]>([
  ['read', 1],
  ['write', 2],
  ['list', 1],
  ['stat', 1],
  ['remove', 1],
  ['makeFolder', 1],
  ['upload', 2],
  ['download', 2],
])('files.%s passes on what it is given, and fails as the runtime does', async (name, paths) => {
  const { of, given } = failing<Files>();
  const args = [...['one', 'two'].slice(0, paths), { maxBytes: 5 }];
  const call = filesWithOwnErrors(of, 'box-1')[name] as (...args: unknown[]) => Promise<unknown>;
  expect(await refusal(call(...args))).toMatchObject({
    code: 'ApiFailed',
    where: `files.${name} in sandbox box-1`,
    sandboxId: 'box-1',
  });
  expect(given).toEqual([[name, ...args]]);
});
