/** How a transport ended, for errors: an end of `kube/`, or words of its maker. */
export function inWords(end: unknown): string {
  if (typeof end === 'string') return end;
  const { type, exitCode, error } = (end ?? {}) as { type?: string; exitCode?: number; error?: Error };
  if (type === 'exited') return `the supervisor exited with ${exitCode}`;
  return error instanceof Error ? error.message : 'without a status';
}

/** Whether its own end was told, with a status: a stream that breaks says nothing of it. */
export function hasExited(end: unknown): boolean {
  return typeof end === 'string' || (end as { type?: string } | undefined)?.type === 'exited';
}
