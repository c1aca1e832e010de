import { type Sandbox, SandboxError } from 'cdk8s-drydock/sandbox';
import { ClusterBoxes } from './cluster-boxes';

const { signal } = new AbortController();
const full = () =>
  new SandboxError('QuotaExceeded', {
    where: 'claim',
    found: 'a quota that is used up',
    expected: 'room',
    remedy: 'Wait.',
  });

test('one that waits for room asks under another name each time, for a Job that is gone may still be worked on', async () => {
  const asked: string[] = [];
  const boxes = new ClusterBoxes({
    claim: async ({ values } = {}) => {
      asked.push(String(values?.name));
      if (asked.length < 3) throw full();
      return {} as Sandbox;
    },
    list: async () => [],
    metrics: () => '',
    close: async () => {},
  });
  let waits = 0;
  await boxes.open({ name: 'fix-1', image: 'a:1', ttl: 60, signal, onWaiting: () => waits++ });
  expect([asked, waits]).toEqual([['fix-1', 'fix-1-1', 'fix-1-2'], 1]);
});

test('one whose pod has its place still starts while the next one that waits is tried, and no sooner', async () => {
  const asked: string[] = [];
  const claims = new Map<string, { readonly scheduled: () => void; readonly ready: () => void }>();
  let isFull = true;
  const boxes = new ClusterBoxes({
    claim: ({ values, onProgress } = {}) => {
      const name = String(values?.name);
      asked.push(name);
      if (isFull) return Promise.reject(full());
      return new Promise((resolve) => {
        claims.set(name, {
          scheduled: () => onProgress?.({ phase: 'scheduled', sandboxId: name, elapsedMs: 1 }),
          ready: () => resolve({} as Sandbox),
        });
        onProgress?.({ phase: 'created', sandboxId: name, elapsedMs: 0 });
      });
    },
    list: async () => [],
    metrics: () => '',
    close: async () => {},
  });
  const open = (name: string) => boxes.open({ name, image: 'a:1', ttl: 60, signal, onWaiting: () => {} });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const first = open('one');
  await settled();
  isFull = false;
  const second = open('two');
  await settled();
  expect(asked).toEqual(['one', 'one-1']);
  // The one that was refused is tried again, and its Job has no pod with a node yet.
  while (!claims.has('one-2')) await new Promise((resolve) => setTimeout(resolve, 50));
  await settled();
  expect(asked).toEqual(['one', 'one-1', 'one-2']);
  claims.get('one-2')?.scheduled();
  await settled();
  expect(asked).toEqual(['one', 'one-1', 'one-2', 'two-1']);
  claims.get('two-1')?.ready();
  await second;
  claims.get('one-2')?.ready();
  await first;
});

test('a run with the image of those that are started ahead asks for no name, and another one does', async () => {
  const asked: unknown[] = [];
  const sandboxes = {
    claim: async ({ values }: { readonly values?: object } = {}) => {
      asked.push(values);
      return {} as Sandbox;
    },
    list: async () => [],
    metrics: () => '',
    close: async () => {},
  };
  const options = { name: 'fix-1', ttl: 60, signal, onWaiting: () => {} };
  for (const boxes of [new ClusterBoxes(sandboxes, 'tools:1'), new ClusterBoxes(sandboxes)]) {
    await boxes.open({ ...options, image: 'tools:1' });
    await boxes.open({ ...options, image: 'other:1' });
  }
  expect(asked).toEqual([
    { image: 'tools:1' },
    { name: 'fix-1', image: 'other:1' },
    { name: 'fix-1', image: 'tools:1' },
    { name: 'fix-1', image: 'other:1' },
  ]);
});

test('a refusal says what was found, what was expected and what to do', async () => {
  const facts = {
    where: 'claim',
    found: '"other:1"',
    expected: 'an image of the list',
    remedy: 'Choose one.',
  };
  const boxes = new ClusterBoxes({
    claim: async () => {
      throw new SandboxError('PolicyDenied', facts);
    },
    list: async () => [],
    metrics: () => '',
    close: async () => {},
  });
  await expect(
    boxes.open({ name: 'fix-1', image: 'other:1', ttl: 60, signal, onWaiting: () => {} }),
  ).rejects.toThrow('Found "other:1", expected an image of the list. Choose one.');
});
