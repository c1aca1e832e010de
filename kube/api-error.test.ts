import fc from 'fast-check';
import type { ConfigMap } from '../imports/k8s';
import { ApiError, retryAfter, statusFromBody } from './api-error';
import { apply } from './apply';
import { KubeError } from './errors';
import { get } from './get';
import { resource } from './resource';
import { type ScriptedServer, scriptedServer, sendJson, statusBody } from './testing-only/scripted-server';
import { watch } from './watch/watch';

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } };
let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function refused(status: number, body: unknown): Promise<ApiError> {
  server = await scriptedServer((_seen, response) => sendJson(response, status, body));
  const error = await apply(server.connect(), configMaps, object).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

test('a conflict of hundreds of fields keeps its code and every field', async () => {
  const causes = Array.from({ length: 700 }, (_cause, index) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "helm" using v1: ${'because '.repeat(20)}`,
    field: `.data.key-${index}`,
  }));
  const error = await refused(409, statusBody(409, 'Conflict', 'x'.repeat(200_000), { causes }));
  expect(error).toMatchObject({ code: 'CONFLICT', statusCode: 409, effect: 'none' });
  expect(error.causes).toHaveLength(700);
  expect(error.message.length).toBeLessThan(5_000);
});

test('a field that the kind does not have is the fault of the object, though the server says 500', async () => {
  const said =
    'failed to create typed patch object (shop/a; /v1, Kind=ConfigMap): .dota: field not declared in schema';
  const expected = 'fields that the kind has, each of its type';
  const error = await refused(500, statusBody(500, '', said));
  expect(error).toMatchObject({ code: 'INVALID', effect: 'none', expected });
});

test('another 500 is the fault of the server, and nobody knows what it has done', async () => {
  const error = await refused(500, statusBody(500, '', 'etcdserver: request timed out'));
  expect(error).toMatchObject({ code: 'SERVER_ERROR', effect: 'unknown' });
});

test('a refusal without end is cut, with the right code', async () => {
  const error = await refused(422, statusBody(422, 'Invalid', 'x'.repeat(5 << 20)));
  expect(error).toMatchObject({ code: 'INVALID', statusCode: 422, effect: 'none' });
  expect(error.message.length).toBeLessThan(5_000);
});

test('whatever a Status holds, the refusal is told with its code, and nothing else is thrown', async () => {
  const anything = fc.jsonValue({ maxDepth: 3 });
  await fc.assert(
    fc.property(
      fc.record(
        { message: anything, reason: anything, code: anything, details: anything, status: anything },
        { requiredKeys: [] },
      ),
      fc.constantFrom(400, 401, 403, 404, 409, 410, 422, 429, 500, 503),
      (status, statusCode) => {
        const body = Buffer.from(JSON.stringify({ kind: 'Status', ...status }));
        const error = new ApiError('GET /x', statusCode, statusFromBody(body));
        expect(typeof error.message).toBe('string');
        expect(error.statusCode).toBe(statusCode);
        for (const cause of error.causes) expect(typeof cause.field).toBe('string');
        expect(Number.isNaN(error.retryAfterMs)).toBe(false);
      },
    ),
  );
});

test('a Status with a message that is no text is a refusal, and not a lost connection', async () => {
  const error = await refused(403, { kind: 'Status', message: { no: 'text' }, reason: 7, code: '403' });
  expect(error).toMatchObject({ code: 'FORBIDDEN', effect: 'none' });
});

test('the same in the line of a watch', async () => {
  const errorLine = { type: 'ERROR', object: { kind: 'Status', message: 5, code: 410, reason: 'Expired' } };
  server = await scriptedServer((seen, response) => {
    if (!seen.query.has('watch'))
      return sendJson(response, 200, { metadata: { resourceVersion: '5' }, items: [] });
    response.writeHead(200);
    response.write(`${JSON.stringify(errorLine)}\n`);
  });
  const watching = watch(server.connect(), configMaps, { timing: { firstBackoffMs: 1 } });
  await watching.next();
  while (watching.status().failures === 0) await new Promise(setImmediate);
  expect(watching.status().lastError).toMatchObject({ code: 'GONE' });
  watching.close();
});

test('Retry-After is seconds or a date, and what is neither is nothing', () => {
  expect(retryAfter('120')).toBe(120_000);
  expect(retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 0)).toBe(60_000);
  expect(retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 90_000)).toBe(0);
  expect(retryAfter('soon')).toBeUndefined();
  expect(retryAfter(undefined)).toBeUndefined();
});

test('a Retry-After of weeks is no reason to ask without a pause', async () => {
  server = await scriptedServer((_seen, response) =>
    sendJson(response, 429, statusBody(429, 'TooManyRequests'), { 'retry-after': '2147484' }),
  );
  const watching = watch(server.connect(), configMaps);
  while (server.seen.length < 1) await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.seen).toHaveLength(1);
  expect(watching.status().phase).toBe('waiting');
  watching.close();
});

test('a listener for warnings that throws changes nothing', async () => {
  server = await scriptedServer((_seen, response) =>
    sendJson(response, 200, object, { warning: '299 - "old"' }),
  );
  const onWarning = () => {
    throw new Error('a broken logger');
  };
  expect(await apply(server.connect(), configMaps, object, { onWarning })).toEqual(object);
  expect(server.seen).toHaveLength(1);
});

test('headers of the caller that throw end the call before anything is sent, and say whose fault it was', async () => {
  server = await scriptedServer((_seen, response) => sendJson(response, 200, object));
  const headers = () => {
    throw new Error('no trace');
  };
  const connection = server.connect({ hooks: { headers } });
  const error = await get(connection, configMaps, { name: 'one' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KubeError);
  expect(error).toMatchObject({ code: 'ARGUMENT_INVALID', effect: 'none' });
  expect((error as KubeError).where).toContain('hooks.headers');
  expect(server.seen).toHaveLength(0);
});
