import type { Pod } from '../../imports/k8s';
import type { Connection } from '../connection';
import { create } from '../create';
import { resource } from '../resource';
import { watch } from '../watch/watch';

const started = new Set<string | undefined>(['Running', 'Succeeded', 'Failed']);

export const pods = resource<Pod>('v1', 'Pod');

/** Creates a pod of one busybox container and waits until it runs; one that is short may be seen only at its end. */
export async function runPod(
  connection: Connection,
  name: string,
  image: string,
  script: string,
): Promise<Pod> {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image, command: ['sh', '-c', script] }],
    },
  };
  await create(connection, pods, pod);
  const watching = watch(connection, pods, { name, signal: AbortSignal.timeout(120_000) });
  try {
    for (;;) {
      const { value, done } = await watching.next();
      if (done) throw new Error(`the watch on ${name} ended`);
      if (value.type === 'synced') continue;
      if (started.has(value.object.status?.phase)) return value.object;
    }
  } finally {
    watching.close();
  }
}
