import { GitopsError } from '../errors';
import type { Rendered } from './documents';
import { templatesIn } from './helm';
import { RenderCache } from './render-cache';

const rendered = (name: string, count = 1): Rendered => ({
  objects: Array.from({ length: count }, () => ({ apiVersion: 'v1', kind: 'A', metadata: { name } })),
  from: [],
});
const refusal = (code: 'RENDER_FAILED' | 'SOURCE_UNREACHABLE') =>
  new GitopsError(code, { where: 'here', found: 'a', expected: 'b', remedy: 'c' });

async function times(cache: RenderCache, key: string, answer: () => Promise<Rendered>): Promise<number> {
  let called = 0;
  for (let time = 0; time < 3; time += 1) {
    const work = cache.of(key, () => {
      called += 1;
      return answer();
    });
    await work.catch(() => {});
  }
  return called;
}

test('what is rendered is rendered once, and what could not be is not tried again at once', async () => {
  const cache = new RenderCache();
  expect(await times(cache, 'a', async () => rendered('a'))).toBe(1);
  expect(await times(cache, 'b', async () => rendered('b'))).toBe(1);
  expect((await cache.of('a', async () => rendered('other'))).objects[0]?.metadata?.name).toBe('a');
  expect(await times(cache, 'failed', () => Promise.reject(refusal('RENDER_FAILED')))).toBe(1);
  await expect(cache.of('failed', async () => rendered('x'))).rejects.toMatchObject({
    code: 'RENDER_FAILED',
  });
});

test('what may mend itself, and an end from outside, are no answers to keep', async () => {
  const cache = new RenderCache();
  expect(await times(cache, 'a', () => Promise.reject(refusal('SOURCE_UNREACHABLE')))).toBe(3);
  expect(await times(cache, 'a', () => Promise.reject(new DOMException('aborted', 'AbortError')))).toBe(3);
  expect(await times(cache, 'a', async () => rendered('a'))).toBe(1);
});

test('a failure is tried again after a while', async () => {
  const cache = new RenderCache();
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  expect(await times(cache, 'a', () => Promise.reject(refusal('RENDER_FAILED')))).toBe(1);
  now.mockReturnValue(6 * 60_000);
  expect(await times(cache, 'a', async () => rendered('a'))).toBe(1);
  now.mockRestore();
});

test('what was used longest ago goes first, and what is remembered has an end', async () => {
  const cache = new RenderCache();
  await cache.of('a', async () => rendered('a', 2_000));
  await cache.of('b', async () => rendered('b', 2_000));
  await cache.of('a', async () => rendered('other'));
  await cache.of('c', async () => rendered('c', 2_000));
  expect(await times(cache, 'a', async () => rendered('a'))).toBe(0);
  expect(await times(cache, 'b', async () => rendered('b'))).toBe(1);
});

test('what helm prints is taken apart by its templates, and not by lines that only look like an end', () => {
  const output = [
    '---\n# Source: shop/templates/a.yaml\nkind: A\ntext: |\n  --- \n  ---\n',
    '---\n# Source: shop/charts/sub/templates/b.yaml\nkind: B\n--- \nkind: C\n',
  ].join('');
  expect(templatesIn(output).map(({ name, text }) => [name, text.match(/kind: (.)/)?.[1]])).toEqual([
    ...[
      ['templates/a.yaml', 'A'],
      ['charts/sub/templates/b.yaml', 'B'],
      ['output of helm', 'C'],
    ],
  ]);
});
