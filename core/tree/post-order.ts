const NEW = 0;
const OPEN = 1;
const DONE = 2;

/** What a walk came to: every vertex after those it leads to, or a way from a vertex back to itself. */
export type PostOrder = { readonly order: readonly number[] } | { readonly cycle: readonly number[] };

/**
 * Walks a graph of `size` vertices depth first, from the roots and along edges in their order, each vertex once. A
 * vertex that no root leads to is on a cycle or behind one. Without recursion: chains may be long.
 */
export function postOrder(
  size: number,
  roots: Iterable<number>,
  next: (vertex: number) => readonly number[],
): PostOrder {
  const state = new Uint8Array(size);
  const order: number[] = [];
  const path: number[] = [];
  const edges: (readonly number[])[] = [];
  const positions: number[] = [];
  const open = (vertex: number): void => {
    state[vertex] = OPEN;
    path.push(vertex);
    edges.push(next(vertex));
    positions.push(0);
  };
  const walk = (root: number): number | undefined => {
    if (state[root] === NEW) open(root);
    while (path.length > 0) {
      const top = path.length - 1;
      const position = positions[top] as number;
      const target = (edges[top] as readonly number[])[position];
      positions[top] = position + 1;
      if (target === undefined) {
        const vertex = path.pop() as number;
        edges.pop();
        positions.pop();
        state[vertex] = DONE;
        order.push(vertex);
      } else if (state[target] === OPEN) return target;
      else if (state[target] === NEW) open(target);
    }
    return undefined;
  };
  for (const root of roots) {
    const again = walk(root);
    if (again !== undefined) return { cycle: [...path.slice(path.indexOf(again)), again] };
  }
  return { order };
}
