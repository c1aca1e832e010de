import { AsyncLocalStorage } from 'node:async_hooks';

const { LEFT } = require('./own-storages') as { readonly LEFT: symbol };
const storages = () => (require('node:async_hooks') as Record<symbol, AsyncLocalStorage<unknown>[]>)[LEFT]!;

test('a file knows the storages that were made in it, jest’s and its own, and none of the files before', () => {
  const ofJest = storages().length;
  expect(ofJest).toBeGreaterThan(0);
  const own = new AsyncLocalStorage();
  expect(storages()).toHaveLength(ofJest + 1);
  expect(storages().at(-1)).toBe(own);
});

test('the next file disables them, and one that is disabled costs promises nothing', async () => {
  const own = new AsyncLocalStorage<string>();
  await own.run('mine', async () => {
    await Promise.resolve();
    expect(own.getStore()).toBe('mine');
    jest.isolateModules(() => void require('./own-storages'));
    await Promise.resolve();
    expect(own.getStore()).toBeUndefined();
  });
});
