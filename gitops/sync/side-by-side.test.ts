import { sideBySide } from './side-by-side';

/** Work that ends when a test says so, and calls of the items. */
function world(...items: readonly string[]) {
  const begun: string[] = [];
  const ends = new Map<string, { resolve: (answer: string) => void; reject: (error: Error) => void }>();
  const calls = new Map<string, () => void>();
  const result = sideBySide(
    items,
    (item) => {
      begun.push(item);
      return new Promise<string>((resolve, reject) => ends.set(item, { resolve, reject }));
    },
    (item, call) => {
      calls.set(item, call);
      return () => calls.delete(item);
    },
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (item: string, answer: string) => {
    ends.get(item)!.resolve(answer);
    await settled();
  };
  const call = async (item: string) => {
    calls.get(item)?.();
    await settled();
  };
  return { begun, ends, calls, result, end, call, settled };
}

test('each is worked for once where nobody is called', async () => {
  const { begun, result, end, calls } = world('a', 'b');
  await end('a', '1');
  await end('b', '2');
  expect([...(await result)]).toEqual([
    ['a', '1'],
    ['b', '2'],
  ]);
  expect([begun, calls.size]).toEqual([['a', 'b'], 0]);
});

test('who is called while another works is worked for again, also when the call comes during its own work', async () => {
  const { begun, result, end, call } = world('a', 'b');
  await end('a', '1');
  await call('a');
  expect(begun).toEqual(['a', 'b', 'a']);
  await call('a');
  await end('a', '2');
  expect(begun).toEqual(['a', 'b', 'a', 'a']);
  await end('b', 'x');
  await end('a', '3');
  expect(new Map(await result)).toEqual(
    new Map([
      ['a', '3'],
      ['b', 'x'],
    ]),
  );
});

test('a call that comes when all have ended is for the next time', async () => {
  const { begun, result, end, call } = world('a');
  await call('a');
  await end('a', '1');
  expect([[...(await result)], begun]).toEqual([[['a', '1']], ['a']]);
});

test('a failure is told once the others have ended', async () => {
  const { ends, result, end, settled } = world('a', 'b');
  let isOver = false;
  const failed = result
    .catch((error: Error) => error.message)
    .finally(() => {
      isOver = true;
    });
  ends.get('a')!.reject(new Error('no'));
  await settled();
  expect(isOver).toBe(false);
  await end('b', '1');
  expect(await failed).toBe('no');
});

test('nothing is nothing', async () => {
  expect((await world().result).size).toBe(0);
});
