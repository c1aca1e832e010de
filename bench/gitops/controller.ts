/**
 * Our controller as a process of its own, which tells its parent the port that takes pushes, and its heap when it is asked.
 *
 *     node --expose-gc controller.cjs KUBECONFIG NAMESPACE FOLDER PUSH_SECRETS
 */
import { gitopsOperator } from '../../gitops';

const [kubeconfig = '', namespace = '', folder = '', secretFile = ''] = process.argv.slice(2);

process.on('message', () => {
  globalThis.gc?.();
  process.send?.({ heapMb: process.memoryUsage().heapUsed / 1024 ** 2 });
});

gitopsOperator({
  ...{ kubeconfig, folder, namespace, watchNamespace: namespace, port: false },
  onMoved: () => {},
  // On a machine that does much else a leader may be silent for long.
  leaseMs: 60_000,
  pushes: { secretFile, port: 0, host: '127.0.0.1', onListening: (port) => process.send?.({ port }) },
})
  .run()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
