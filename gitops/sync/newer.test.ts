import { ModelSource } from '../testing-only/model-source';
import { whenNewer } from './newer';

/** A branch that is looked at every two milliseconds, and how often it was. */
function looking() {
  const source = new ModelSource();
  source.push({ 'a.yaml': '1' });
  const asked: number[] = [];
  const revision = source.revision.bind(source);
  source.revision = async (maxAgeMs?: number) => {
    asked.push(maxAgeMs!);
    return revision();
  };
  const stop = new AbortController();
  const call = jest.fn();
  const start = async () => {
    const tree = await source.tree(await revision());
    return whenNewer(source, { tree, path: '', everyMs: 2 }, stop.signal, call);
  };
  const often = async (times: number) => {
    const until = asked.length + times;
    while (asked.length < until) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { source, asked, stop, call, start, often };
}

test('a commit that touches other folders is not called, one that touches this is, once', async () => {
  const { source, call, start, often, asked } = looking();
  const watched = start();
  await often(3);
  source.push({ 'a.yaml': '1' });
  await often(3);
  expect(call).not.toHaveBeenCalled();
  source.push({ 'a.yaml': '2' });
  await watched;
  expect(call).toHaveBeenCalledTimes(1);
  // What was asked for within half of the time by others is new enough.
  expect(new Set(asked)).toEqual(new Set([1]));
});

test('a repository that cannot be asked is asked again', async () => {
  const { source, call, start, often } = looking();
  const watched = start();
  source.trouble = new Error('away') as never;
  await often(2);
  expect(call).not.toHaveBeenCalled();
  source.push({ 'a.yaml': '2' });
  source.trouble = undefined;
  await watched;
  expect(call).toHaveBeenCalledTimes(1);
});

test('it ends with what it is for', async () => {
  const { source, stop, call, start, often } = looking();
  const watched = start();
  await often(1);
  stop.abort();
  source.push({ 'a.yaml': '2' });
  await watched;
  expect(call).not.toHaveBeenCalled();
});
