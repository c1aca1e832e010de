import { DrydockError } from '../../errors';

const facts = { where: 'here', found: 'this', expected: 'that', remedy: 'Write that.' };

test.each(Object.keys(facts))('an error without its `%s` cannot be made in a test', (fact) => {
  expect(() => new DrydockError('SOME_CODE', { ...facts, [fact]: ' ' })).toThrow(TypeError);
});

test('an error with all of them is as it is', () => {
  const error = new DrydockError('SOME_CODE', facts);
  expect(error).toMatchObject({ code: 'SOME_CODE', name: 'DrydockError', ...facts });
  expect(error.message).toBe('SOME_CODE at here: found this; expected that. Write that.');
});
