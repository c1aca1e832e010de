import { DrydockError } from '../../errors';
import { KubeError } from '../../kube';
import { SandboxError } from '../errors';
import { refusal } from '../testing-only/scripted-runtime';
import { throwingOwn, throwingOwnAtOnce } from './own-error';

const facts = { where: 'there', found: 'a', expected: 'b', remedy: 'c' };
const throwing = (error: unknown) => throwingOwn('here', 'box-1', () => Promise.reject(error));

test('what succeeds is given as it is', async () => {
  expect(await throwingOwn('here', undefined, async () => 5)).toBe(5);
  expect(throwingOwnAtOnce('here', () => 5)).toBe(5);
});

test('an error of the runtime stays, and one of the rooms beneath is told in our words', async () => {
  const own = new SandboxError('Evicted', facts);
  expect(await refusal(throwing(own))).toBe(own);
  const call = new KubeError('UNREACHABLE', facts);
  const told = { where: 'here', sandboxId: 'box-1', cause: call };
  expect(await refusal(throwing(call))).toMatchObject({ code: 'ApiFailed', retryable: true, ...told });
  const refused = new DrydockError('VALUES_INVALID', facts);
  expect(await refusal(throwing(refused))).toMatchObject({
    code: 'ArgumentInvalid',
    ...facts,
    cause: refused,
  });
  // Where it does not say where, the call does.
  const somewhere = Object.assign(new DrydockError('VALUES_INVALID', facts), { where: '' });
  expect((await refusal(throwing(somewhere))).where).toBe('here');
});

test.each([new TypeError('x is not a function'), new RangeError('out of it')])(
  '%p is told as wrong arguments, with itself beneath',
  async (error) => {
    expect(await refusal(throwing(error))).toMatchObject({
      code: 'ArgumentInvalid',
      where: 'here',
      found: `${error.name}: ${error.message}`,
      sandboxId: 'box-1',
      cause: error,
    });
    const thrown = () => {
      throw error;
    };
    expect(() => throwingOwnAtOnce('there', thrown)).toThrow(
      expect.objectContaining({ code: 'ArgumentInvalid', where: 'there', sandboxId: undefined }),
    );
  },
);

test.each<[string, unknown]>([
  ['an error', new Error('mine')],
  ['an error of a name of its own', Object.assign(new Error('mine'), { name: 'MyError' })],
  ['what only looks like one of JavaScript', { name: 'TypeError', message: 'mine' }],
  ['a text', 'mine'],
])('%s of the caller`s own streams and callbacks passes as it is', async (_, error) => {
  await expect(throwing(error)).rejects.toBe(error);
});
