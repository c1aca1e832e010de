import { variablesOf } from './sandbox-variables';

/** That a command has them is in test/sandbox-runtime, where a supervisor runs it. */
test('a variable has a name, and a value that may be empty and have anything in it', () => {
  expect(variablesOf([])).toEqual({});
  expect(variablesOf(['GREETING=a=b c', 'EMPTY=', 'LEVEL=info', 'LEVEL=debug'])).toEqual({
    GREETING: 'a=b c',
    EMPTY: '',
    LEVEL: 'debug',
  });
});

test.each(['NAME', '=x', ''])('"%s" is no variable', (text) => {
  expect(() => variablesOf(['A=b', text])).toThrow(`--env takes NAME=VALUE, found "${text}"`);
});
