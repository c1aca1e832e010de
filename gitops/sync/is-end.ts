import type { Context } from '../../controller';

/** The term is over, or the process ends: whatever failed says nothing of the Application. */
export function isEnd({ signal, connection }: Context, error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  // A connection to another cluster is closed too when its Secret has changed.
  const isClosed = code === 'CLOSED' && connection.closing.aborted;
  return signal.aborted || isClosed || code === 'FENCED' || code === 'LEADERSHIP_LOST';
}
