/** How long to wait before try number `failures + 1`: doubling, capped, and somewhere in the upper half of that. */
export function backoffMs(failures: number, firstMs: number, capMs: number, random = Math.random): number {
  const step = Math.min(capMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return step / 2 + (random() * step) / 2;
}
