/** Runs in a pod, as one file: uses the account that the kubelet mounts there, and prints what it saw as JSON. */
import type { ConfigMap, Pod } from '../../../imports/k8s';
import { Connection } from '../../connection';
import { get } from '../../get';
import { resource } from '../../resource';
import { watch } from '../../watch/watch';

async function main(): Promise<void> {
  const connection = new Connection();
  const self = await get(connection, resource<Pod>('v1', 'Pod'), { name: process.env.HOSTNAME as string });
  const watching = watch(connection, resource<ConfigMap>('v1', 'ConfigMap'), { name: 'seen' });
  const first = (await watching.next()).value;
  const refused = await get(connection, resource<Pod>('v1', 'Pod'), {
    name: 'any',
    namespace: 'kube-system',
  }).catch((error) => error.code);
  connection.close();
  const { namespace } = connection;
  const data = first?.type === 'added' ? first.object.data : undefined;
  process.stdout.write(JSON.stringify({ namespace, account: self.spec?.serviceAccountName, data, refused }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
