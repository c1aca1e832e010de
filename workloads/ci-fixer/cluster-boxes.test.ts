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
