import { pause } from '../../kube';
import type { Source, SourceTree } from '../source/source';

/**
 * Looks at the branch while a commit is applied, and calls once it has another content for the folder: what waits for an
 * object that never becomes healthy must not hold up the commit that mends it.
 */
export async function whenNewer(
  source: Source,
  { tree, path, everyMs }: { readonly tree: SourceTree; readonly path: string; readonly everyMs: number },
  stop: AbortSignal,
  call: () => void,
): Promise<void> {
  while (!stop.aborted) {
    const pushed = new AbortController();
    const forget = source.onPush(() => pushed.abort());
    await pause(everyMs, AbortSignal.any([stop, pushed.signal]));
    forget();
    if (stop.aborted) return;
    try {
      const next = await source.tree(await source.revision(everyMs / 2, stop), path, stop);
      if (next.id !== tree.id) return call();
    } catch {
      // A repository that cannot be asked, or a folder that is gone, is told by the next reconcile.
    }
  }
}
