import { beyond, mismatch, problemError, unsafe } from './file-errors';

const place = { what: 'read "a"', sandboxId: 'box-1' };

test.each([
  ['ENOENT', 'FileMissing', /path/],
  ['ENOTDIR', 'FileMissing', /folders along the path/],
  ['EEXIST', 'FileExists', /nothing at this path/],
  ['STOPPED', 'Aborted', /allowed to finish/],
  ['LENGTH', 'FileMismatch', /all bytes/],
  ['CHANGED', 'FileMismatch', /stay as they are/],
  ['LINK', 'FileUnsafe', /links that stay inside/],
  ['HASH', 'FileMismatch', /the same bytes/],
  ['EACCES', 'FileFailed', /the system of the sandbox allows/],
])('the sandbox’s %s is a %s of the caller', (code, of, expected) => {
  expect(problemError(place, { code, text: 'what\u001b it said' })).toMatchObject({
    code: of,
    where: 'read "a" in sandbox box-1',
    found: expect.stringMatching(new RegExp(`^${code}: what.* it said$`)),
    expected: expect.stringMatching(expected),
    remedy: expect.stringMatching(/./),
    sandboxId: 'box-1',
  });
  // It is the pod's word, and must not move the cursor of a terminal.
  expect(problemError(place, { code, text: 'what\u001b it said' }).message).not.toContain('\u001b');
});

test('what a sandbox must not send, and what is too much, says so and that nothing was put into place', () => {
  expect(mismatch(place, 'a lie', 'the truth')).toMatchObject({
    code: 'FileMismatch',
    found: 'a lie',
    expected: 'the truth',
    remedy: expect.stringContaining('do not trust this sandbox'),
  });
  expect(unsafe(place, 'a pipe')).toMatchObject({ code: 'FileUnsafe', found: 'a pipe' });
  expect(beyond(place, '3 bytes', '2 bytes')).toMatchObject({
    code: 'FileLimit',
    found: '3 bytes',
    expected: 'at most 2 bytes',
  });
  for (const error of [mismatch(place, 'a', 'b'), unsafe(place, 'a'), beyond(place, 'a', 'b')])
    expect(error.message).toMatch(/nothing was put into place/i);
});
