/**
 * The controller as a process of its own, for tests that kill it.
 *
 *     node controller.cjs KUBECONFIG FOLDER
 */
import { gitopsOperator } from '../../gitops';

const [kubeconfig = '', folder = ''] = process.argv.slice(2);
// A busy machine may let a second go by between two renewals.
gitopsOperator({ kubeconfig, folder, namespace: 'default', port: false, leaseMs: 9_000 })
  .run()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
