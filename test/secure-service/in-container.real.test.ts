import { sharedCluster, withNamespace } from '../../cluster';
import { evictions, FACTS, fill, install, look, MEMORY, type Seen, WRITABLE } from './in-container';

jest.setTimeout(400_000);

describe('the defaults of a service are in effect in its running container', () => {
  const seen = new Map<string, Seen>();
  let filled: readonly string[];
  let evicted: Awaited<ReturnType<typeof evictions>>;

  beforeAll(async () => {
    await withNamespace(await sharedCluster(), async (namespace) => {
      const installed = await install(namespace);
      for (const fact of [...FACTS, WRITABLE]) seen.set(fact.what, await look(installed, fact));
      filled = await fill(installed);
      seen.set(MEMORY.what, await look(installed, MEMORY));
      evicted = await evictions(installed);
    });
  });

  test.each([...FACTS, MEMORY])('$what: $declared, other than where nothing is secured', (fact) => {
    const { service, open } = seen.get(fact.what) as Seen;
    expect(service).toBe(fact.declared);
    expect(open).not.toBe(service);
  });

  test('the folder that it asked for takes what is written', () => {
    expect(seen.get(WRITABLE.what)).toEqual({ service: 'succeeds', open: 'succeeds' });
  });

  test('it is evicted when it fills its folder, or its disk, and a pod without limits is not', () => {
    expect(filled).toEqual(['succeeds', 'succeeds', 'succeeds']);
    expect(evicted).toEqual({
      folder: expect.stringContaining('"writable-tmp" exceeds the limit "64Mi"'),
      disk: expect.stringContaining('exceeds the total limit of containers 64Mi'),
      open: undefined,
    });
  });
});
