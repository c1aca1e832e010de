import { scriptedServer, sendJson } from '../testing-only/scripted-server';
import { configMaps } from '../testing-only/watch-law';
import { type WatchOptions, watch } from './watch';

test.each<[WatchOptions, string | null]>([
  [{}, null],
  [{ name: 'a' }, 'metadata.name=a'],
  [{ fieldSelector: 'spec.nodeName=n' }, 'spec.nodeName=n'],
  [{ name: 'a', fieldSelector: 'spec.nodeName=n' }, 'metadata.name=a,spec.nodeName=n'],
])('a watch with %j selects the fields %p, in the list and afterwards', async (options, fields) => {
  const server = await scriptedServer((seen, response) => {
    if (seen.query.has('watch')) response.flushHeaders();
    else sendJson(response, 200, { metadata: { resourceVersion: '5' }, items: [] });
  });
  const watching = watch(server.connect(), configMaps, options);
  try {
    await watching.next();
    while (server.seen.length < 2) await new Promise(setImmediate);
    expect(server.seen.slice(0, 2).map(({ query }) => query.get('fieldSelector'))).toEqual([fields, fields]);
  } finally {
    watching.close();
    await server.close();
  }
});
