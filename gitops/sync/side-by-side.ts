import { all } from './all';

/**
 * Works for each at once. Who is called anew while others still work is worked for again, so that a long wait for one holds up
 * no other. Answers with the last answer of each.
 *
 * @param listen begins to listen for calls of one, and answers with what ends it
 */
export async function sideBySide<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
  listen: (item: Item, call: () => void) => () => void,
): Promise<ReadonlyMap<Item, Answer>> {
  const answers = new Map<Item, Answer>();
  let working = items.length;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const workOnce = async (item: Item) => {
    try {
      answers.set(item, await work(item));
    } finally {
      working -= 1;
      if (working === 0) finish();
    }
  };
  const one = async (item: Item) => {
    let isCalled = false;
    let wake = () => {};
    const forget = listen(item, () => {
      isCalled = true;
      wake();
    });
    const called = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
        if (isCalled) resolve();
      });
    try {
      await workOnce(item);
      for (;;) {
        await Promise.race([finished, called()]);
        if (working === 0) return;
        isCalled = false;
        working += 1;
        await workOnce(item);
      }
    } finally {
      forget();
    }
  };
  await all(items.map(one));
  return answers;
}
