import { parseManifests } from '../../check';
import type { Cluster } from '../../cluster';
import { Connection } from '../../kube';
import { type Live, type Verification, verify } from '../../verify';

/** Holds what runs against what helm says that it installed. */
export async function verifyRelease(
  cluster: Cluster,
  { release, namespace }: { readonly release: string; readonly namespace: string },
): Promise<Verification> {
  const { stdout } = await cluster.helm(['get', 'manifest', release, '-n', namespace]);
  const objects = parseManifests(stdout, 'helm get manifest') as unknown as { object: Live }[];
  return verifyObjects(
    cluster,
    namespace,
    objects.map(({ object }) => object),
  );
}

/** Holds what runs against objects, as `drydock verify` does. */
export async function verifyObjects(
  cluster: Cluster,
  namespace: string,
  objects: readonly Live[],
): Promise<Verification> {
  const connection = new Connection({ kubeconfig: cluster.kubeconfig, namespace });
  try {
    return await verify({ connection, objects, timeoutMs: 300_000 });
  } finally {
    connection.close();
  }
}
