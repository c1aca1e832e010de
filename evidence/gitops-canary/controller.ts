/**
 * The GitOps controller with its defaults, as a process of its own.
 *
 *     node controller.cjs KUBECONFIG FOLDER
 */
import { gitopsOperator } from '../../gitops';

const [kubeconfig = '', folder = ''] = process.argv.slice(2);
gitopsOperator({ kubeconfig, folder, namespace: 'default', port: false })
  .run()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
