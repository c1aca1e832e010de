import type { KubeObject, Stored } from '../../kube';
import { isCounted, isNewer } from '../../kube/watch/known-objects';

/**
 * What was written last of each object, until the watch has told of it: a reconcile that begins before would read what was
 * before its own write, and fail with CONFLICT.
 */
export class LastWritten<Kind extends KubeObject> {
  readonly #written = new Map<string, Stored<Kind>>();

  note(key: string, object: Stored<Kind>): void {
    if (isCounted(object.metadata.resourceVersion)) this.#written.set(key, object);
  }

  /** The newer one of what the watch has told of and what was written. */
  newest(key: string, told: Stored<Kind> | undefined): Stored<Kind> | undefined {
    const written = this.#written.get(key);
    if (written && told && isBehind(told, written)) return written;
    this.#written.delete(key);
    return told;
  }
}

function isBehind(
  { metadata: told }: Stored<KubeObject>,
  { metadata: written }: Stored<KubeObject>,
): boolean {
  const isSame = told.uid === written.uid && isCounted(told.resourceVersion);
  return isSame && isNewer(written.resourceVersion, told.resourceVersion);
}
