/** An object as `git cat-file --batch` tells it. */
export interface ObjectInStore {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

const NEWLINE = 10;

/** What `git cat-file --batch` has answered to each name, in their order; undefined for one that is not there. */
export function objectsIn(out: Buffer, count: number): (ObjectInStore | undefined)[] {
  const objects: (ObjectInStore | undefined)[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const end = out.indexOf(NEWLINE, at);
    const [, id, type, size] =
      /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(out.toString('latin1', at, Math.max(at, end))) ?? [];
    if (id === undefined || type === undefined) {
      objects.push(undefined);
      at = end + 1;
      continue;
    }
    const from = end + 1;
    const to = from + Number(size);
    objects.push({ id, type, content: out.subarray(from, to) });
    at = to + 1;
  }
  return objects;
}
