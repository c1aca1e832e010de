import { join } from 'node:path';
import type { KustomizeRender } from '../api/render';
import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';
import { objectsIn, type Rendered } from './documents';
import { refuseRemote } from './kustomize-entries';
import { isolated, type RenderLimits, runProgram, wordsOf } from './run-program';
import { withWorkFolder, writeFiles } from './work-folder';

export interface KustomizeCall {
  readonly render: KustomizeRender;
  readonly files: readonly SourceFile[];
  readonly limits: RenderLimits;
  readonly signal?: AbortSignal | undefined;
}

/** What `kubectl kustomize` makes of a folder: nothing is fetched, no plugin runs, and no file outside is read. */
export async function renderKustomize({ render, files, limits, signal }: KustomizeCall): Promise<Rendered> {
  const { path = '' } = render;
  refuseRemote(files, path);
  return withWorkFolder(async (folder) => {
    const root = join(folder, 'files');
    writeFiles(root, files);
    const where = `the kustomization in ${path === '' ? '`spec.source.path`' : path}`;
    const answer = await runProgram({
      ...{ where, program: 'kubectl', folder, limits, signal },
      env: isolated(folder),
      args: ['kustomize', join(root, path), '--load-restrictor=LoadRestrictionsRootOnly'],
    });
    if (answer.code === 0) return objectsIn([{ name: where, text: answer.out }], signal);
    throw new GitopsError('RENDER_FAILED', {
      where,
      found: `what kustomize says: ${wordsOf(answer, folder)}`,
      expected: 'a folder that `kubectl kustomize` renders',
      remedy: 'mend it, and see it with `kubectl kustomize`; what was applied stays as it is',
    });
  });
}
