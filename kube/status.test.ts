import { ApiError, isRecord, short, statusFrom, statusFromBody } from './api-error';
import { expectFourFacts } from './testing-only/failure';

/** What a refusal of the server is called here, and what it tells of the server's own words. */

test.each([
  [400, 'BadRequest', 'BAD_REQUEST', 'none', /field or parameter/],
  [401, 'Unauthorized', 'UNAUTHENTICATED', 'none', /renew the token/],
  [403, 'Forbidden', 'FORBIDDEN', 'none', /RoleBinding/],
  [404, 'NotFound', 'NOT_FOUND', 'none', /namespace/],
  [409, 'Conflict', 'CONFLICT', 'none', /read it again/],
  [409, 'AlreadyExists', 'ALREADY_EXISTS', 'none', /another name/],
  [410, 'Expired', 'GONE', 'none', /list again/],
  [410, '', 'GONE', 'none', /list again/],
  // What a server that is not ours may send: the word goes before the number.
  [400, 'Expired', 'GONE', 'none', /list again/],
  [500, 'Gone', 'GONE', 'unknown', /list again/],
  [413, 'RequestEntityTooLarge', 'BAD_REQUEST', 'none', /smaller/],
  [415, 'UnsupportedMediaType', 'BAD_REQUEST', 'none', /strategic/],
  [422, 'Invalid', 'INVALID', 'none', /`causes`/],
  [429, 'TooManyRequests', 'TOO_MANY_REQUESTS', 'none', /retryAfterMs/],
  [500, 'InternalError', 'SERVER_ERROR', 'unknown', /webhooks/],
  [504, 'Timeout', 'SERVER_ERROR', 'unknown', /webhooks/],
  [599, '', 'SERVER_ERROR', 'unknown', /webhooks/],
  [418, 'Teapot', 'API_ERROR', 'none', /server's message/],
  [499, '', 'API_ERROR', 'none', /server's message/],
])('%i %s is %s, with an effect that is %s', (statusCode, reason, code, effect, remedy) => {
  const error = expectFourFacts(new ApiError('GET /x', statusCode, { reason, message: 'so it is' }));
  expect(error).toMatchObject({ name: 'ApiError', code, statusCode, reason, effect, where: 'GET /x' });
  expect(error.found).toBe(`${statusCode}${reason && ` ${reason}`}: so it is`);
  expect(error.remedy).toMatch(remedy);
});

test('a refusal without a word says so; a note and a remedy of the call are told', () => {
  expect(new ApiError('x', 404, {})).toMatchObject({ found: '404: no message', reason: '', causes: [] });
  const noted = new ApiError('x', 404, { message: 'm' }, { note: 'the reason', remedy: 'do that' });
  expect(noted).toMatchObject({ found: '404: m (the reason)', remedy: 'do that' });
});

test('how long to wait is what the header says, else what the Status says, else nothing', () => {
  const status = { details: { retryAfterSeconds: 3 } };
  expect(new ApiError('x', 429, status, { retryAfterMs: 0 }).retryAfterMs).toBe(0);
  expect(new ApiError('x', 429, status).retryAfterMs).toBe(3_000);
  expect(new ApiError('x', 429, { details: { retryAfterSeconds: 0 } }).retryAfterMs).toBeUndefined();
  expect(new ApiError('x', 429, {}).retryAfterMs).toBeUndefined();
});

test('a cause keeps its words, and what is missing is empty', () => {
  const causes = [{ field: 'spec.x' }, { reason: 'R', message: 'M' }];
  expect(new ApiError('x', 422, { details: { causes } }).causes).toEqual([
    { field: 'spec.x', reason: '', message: '' },
    { field: '', reason: 'R', message: 'M' },
  ]);
});

test('what ends in a terminal has no control characters but lines and tabs, and no endless length', () => {
  expect(short(' a\tb\nc ')).toBe('a\tb\nc');
  expect(short('\u001b[31mred\u009b\u007f\u0000end')).toBe('[31mred   end');
  expect(short('x\u0008\u000b\u000d\u001f\u0080y')).toBe('x     y');
  expect(short('é~')).toBe('é~');
  expect(short('x'.repeat(2_000))).toBe('x'.repeat(2_000));
  expect(short('x'.repeat(2_001))).toBe(`${'x'.repeat(2_000)}... (2001 characters)`);
  expect(short('abcdef', 3)).toBe('abc... (6 characters)');
});

test('a body is a Status when it says so; everything else is a message', () => {
  const read = (body: unknown) =>
    statusFromBody(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  expect(read({ kind: 'Status', message: 'no', reason: 'R', code: 404, status: 'Failure' })).toMatchObject({
    message: 'no',
    reason: 'R',
    code: 404,
    status: 'Failure',
  });
  for (const other of [
    '<html>',
    '{"kind":"Stat',
    '"Status"',
    '[{"kind":"Status"}]',
    '{"kind":"Pod"}',
    'null',
  ]) {
    expect(read(other)).toEqual({ message: other });
  }
});

test('of a Status only what has its type is taken', () => {
  const cause = { field: 'f', reason: 'r', message: 'm' };
  expect(
    statusFrom({
      status: 'Failure',
      details: { retryAfterSeconds: 2, causes: [cause, 5, null, { field: 5 }] },
    }),
  ).toEqual({
    status: 'Failure',
    message: undefined,
    reason: undefined,
    code: undefined,
    details: {
      retryAfterSeconds: 2,
      causes: [cause, { field: undefined, reason: undefined, message: undefined }],
    },
  });
  const nothing = { details: { retryAfterSeconds: undefined, causes: [] } };
  expect(statusFrom({ code: '404', message: 5, details: 'x' })).toEqual(nothing);
  expect(statusFrom({ code: Number.POSITIVE_INFINITY, details: { causes: 'x' } })).toEqual(nothing);
  expect(statusFrom({ details: null })).toEqual(nothing);
});

test('a record is an object that is no list', () => {
  expect([{}, { a: 1 }].map(isRecord)).toEqual([true, true]);
  expect([null, undefined, [], 'x', 5, () => {}].map(isRecord)).toEqual(Array(6).fill(false));
});
