/**
 * Below what a connection lets out at once (64), so that a call starts as soon as it is made: the time that it may take
 * counts from there.
 */
const AT_ONCE = 48;

/** Does something for each, so many at once; the answers in the same order. The first failure ends it. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  run: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = new Array(items.length);
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed) {
      const at = next;
      next += 1;
      try {
        answers[at] = await run(items[at] as Item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return answers;
}
