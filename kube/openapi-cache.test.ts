import { OpenApi } from './openapi-cache';
import { failureOf } from './testing-only/failure';
import { type ScriptedServer, scriptedServer, sendJson, statusBody } from './testing-only/scripted-server';

let server: ScriptedServer;
afterEach(() => server.close());

/** A server that has schemas of apps/v1, with the hash that the test says. */
async function withHashes(hash: () => string, hasEtag: boolean): Promise<OpenApi> {
  server = await scriptedServer((seen, response) => {
    if (seen.path !== '/openapi/v3') {
      return sendJson(response, 200, {
        components: { schemas: { of: seen.path, hash: seen.query.get('hash') } },
      });
    }
    const etag = `"${hash()}"`;
    if (hasEtag && seen.headers['if-none-match'] === etag) return response.writeHead(304).end();
    const paths = { 'apis/apps/v1': { serverRelativeURL: `/openapi/v3/apis/apps/v1?hash=${hash()}` } };
    return sendJson(response, 200, { paths }, hasEtag ? { etag } : {});
  });
  return new OpenApi(server.connect());
}
const documents = () => server.seen.filter(({ path }) => path !== '/openapi/v3').length;

test.each([true, false])(
  'a document is read once for each hash of it (index with an ETag: %s)',
  async (hasEtag) => {
    let hash = 'A';
    const openApi = await withHashes(() => hash, hasEtag);
    const [first, again] = await Promise.all([openApi.document('apps/v1'), openApi.document('apps/v1')]);
    expect(first).toEqual({ components: { schemas: { of: '/openapi/v3/apis/apps/v1', hash: 'A' } } });
    expect(again).toBe(first);
    expect(await openApi.document('apps/v1')).toBe(first);
    expect(documents()).toBe(1);
    hash = 'B';
    expect(await openApi.document('apps/v1')).toMatchObject({ components: { schemas: { hash: 'B' } } });
    expect(documents()).toBe(2);
    expect(await openApi.document('example.com/v1')).toBeUndefined();
    expect(documents()).toBe(2);
  },
);

test('a document that could not be read is read again', async () => {
  let isAway = true;
  server = await scriptedServer((seen, response) => {
    if (seen.path !== '/openapi/v3')
      return isAway ? sendJson(response, 403, statusBody(403, 'Forbidden')) : sendJson(response, 200, {});
    return sendJson(response, 200, {
      paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=A' } },
    });
  });
  const openApi = new OpenApi(server.connect());
  expect(await failureOf(() => openApi.document('v1'))).toMatchObject({ code: 'FORBIDDEN' });
  isAway = false;
  expect(await openApi.document('v1')).toEqual({});
});
