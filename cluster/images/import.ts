import { runCommand } from '../command';
import { ClusterError } from '../errors';
import type { NodeLayout } from '../layout';
import { tool } from '../tools/tool';

/** Puts an archive into the image store that one node's kubelet uses. */
export async function importArchive(node: NodeLayout, archive: string): Promise<void> {
  const ctr = await tool('ctr');
  try {
    await runCommand(ctr, [
      '-a',
      node.containerdSocket,
      '-n',
      'k8s.io',
      'images',
      'import',
      '--local',
      archive,
    ]);
  } catch (cause) {
    throw new ClusterError(
      'IMAGE_FAILED',
      {
        where: `importing ${archive} into ${node.name}`,
        found: cause instanceof ClusterError ? cause.found : String(cause),
        expected: 'a docker or OCI image archive',
        remedy: 'export the image with `docker save` or `buildah push ... docker-archive:FILE`',
      },
      { cause },
    );
  }
}
