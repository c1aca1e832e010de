import type { ServerResponse } from 'node:http';
import { get } from './get';
import { list } from './list';
import { metadataOnly } from './metadata-only';
import { resource } from './resource';
import { Stores } from './store/stores';
import { type ScriptedServer, scriptedServer, sendJson } from './testing-only/scripted-server';

const secrets = resource('v1', 'Secret');
const metadata = { name: 'a', namespace: 'here', uid: 'u', resourceVersion: '5', labels: { app: 'x' } };
const bare = { apiVersion: 'v1', kind: 'Secret', metadata };
let server: ScriptedServer;
afterEach(() => server.close());

/** A server that does as it is asked, or one that sends whole objects whatever it is asked for. */
async function serving(understands: boolean): Promise<void> {
  server = await scriptedServer((seen, response) => {
    const isPart = understands && /as=PartialObjectMetadata/.test(String(seen.headers.accept));
    const object = isPart
      ? { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata }
      : { ...bare, data: { password: 'c2VjcmV0' } };
    if (seen.query.has('watch')) return begin(response, object);
    const isOne = seen.path.endsWith('/a');
    sendJson(response, 200, isOne ? object : { metadata: { resourceVersion: '7' }, items: [object] });
  });
}

function begin(response: ServerResponse, object: object): void {
  const end = { annotations: { 'k8s.io/initial-events-end': 'true' }, resourceVersion: '7' };
  response.writeHead(200, { 'content-type': 'application/json' });
  for (const event of [
    { type: 'ADDED', object },
    { type: 'BOOKMARK', object: { kind: 'PartialObjectMetadata', metadata: end } },
  ])
    response.write(`${JSON.stringify(event)}\n`);
}

test.each([true, false])(
  'a look, a list and a store have the metadata alone, under the kind that was asked for (the server understands it: %s)',
  async (understands) => {
    await serving(understands);
    const connection = server.connect({ namespace: 'here' });
    const of = metadataOnly(secrets);
    expect(await get(connection, of, { name: 'a' })).toEqual(bare);
    expect((await list(connection, of)).items).toEqual([bare]);
    const stores = new Stores(connection);
    const [names, whole] = await Promise.all([stores.open(of), stores.open(secrets)]);
    expect(names.get('a', 'here')).toEqual(bare);
    // The store of whole objects is another one.
    expect(whole.get('a', 'here')).toMatchObject({ data: { password: 'c2VjcmV0' } });
    expect(server.seen.map(({ headers: { accept } }) => accept)).toEqual([
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
      'application/json',
    ]);
  },
);
