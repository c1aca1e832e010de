import { ApiError } from '../api-error';
import type { KubeError } from '../errors';
import { expectFourFacts } from '../testing-only/failure';
import { parseEvent } from './event';

const where = 'WATCH /x';
const metadata = { name: 'a', uid: 'u', resourceVersion: '5' };
const parse = (event: unknown) => parseEvent(JSON.stringify(event), where);

function refusal(event: unknown): KubeError {
  try {
    parse(event);
  } catch (error) {
    return expectFourFacts(error as KubeError);
  }
  throw new Error('it was taken');
}

test.each(['ADDED', 'MODIFIED', 'DELETED'])('%s tells the object as it came', (type) => {
  const object = { kind: 'Widget', metadata, spec: { large: 1 } };
  expect(parse({ type, object })).toEqual({ type, object });
  expect(parseEvent(JSON.stringify({ type, object }).replace('1}', '12345678901234567890}'), where)).toEqual({
    type,
    object: { ...object, spec: { large: 12345678901234567890n } },
  });
});

test('a bookmark has a version and no name', () => {
  const object = { metadata: { resourceVersion: '7' } };
  expect(parse({ type: 'BOOKMARK', object })).toEqual({ type: 'BOOKMARK', resourceVersion: '7' });
});

test('an ERROR is the refusal of the server, with its code and its words', () => {
  const expired = refusal({
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' },
  });
  expect(expired).toBeInstanceOf(ApiError);
  expect(expired).toMatchObject({ code: 'GONE', statusCode: 410, where, found: '410 Expired: too old' });
  expect(refusal({ type: 'ERROR', object: {} })).toMatchObject({ code: 'SERVER_ERROR', statusCode: 500 });
});

test.each<[event: unknown]>([
  ['text'],
  [5],
  [null],
  [[]],
  [{}],
  [{ type: 'ADDED' }],
  [{ type: 'ADDED', object: null }],
  [{ type: 'ADDED', object: 'x' }],
  [{ type: 'ADDED', object: {} }],
  [{ type: 'ADDED', object: { metadata: null } }],
  [{ type: 'ADDED', object: { metadata: { ...metadata, resourceVersion: 5 } } }],
  [{ type: 'ADDED', object: { metadata: { ...metadata, name: undefined } } }],
  [{ type: 'MODIFIED', object: { metadata: { ...metadata, uid: undefined } } }],
  [{ type: 'BOOKMARK', object: { metadata: { name: 'a', uid: 'u' } } }],
  [{ type: 'CHANGED', object: { metadata } }],
  [{ object: { metadata } }],
])('%j is no event, and nothing is told of it', (event) => {
  const error = refusal(event);
  expect(error).toMatchObject({ code: 'BAD_RESPONSE', where, expected: 'a watch event' });
  expect(error).not.toBeInstanceOf(ApiError);
});

test('a line that is no JSON is told short', () => {
  const line = '<'.repeat(200);
  expect(() => parseEvent(line, where)).toThrow(
    expect.objectContaining({
      code: 'BAD_RESPONSE',
      found: `a line of 200 characters: ${'<'.repeat(80)}... (200 characters)`,
    }),
  );
});
