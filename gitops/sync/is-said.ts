import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import type { SourceTree } from '../source/source';

/** Whether the status says of the Application as it is now that all of this folder is applied and well; a write of it may have failed. */
export function isSaid({ metadata, status }: Stored<Application>, { id }: Pick<SourceTree, 'id'>): boolean {
  return (
    status?.phase === 'Healthy' &&
    status.sync === 'Synced' &&
    status.observedGeneration === (metadata.generation ?? 0) &&
    status.lastAppliedTree === id
  );
}
