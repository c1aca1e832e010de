/** Waits for all, also where one has failed: nothing goes on behind the back of a reconcile. */
export async function all<Answer>(work: readonly Promise<Answer>[]): Promise<Answer[]> {
  const ended = await Promise.allSettled(work);
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
