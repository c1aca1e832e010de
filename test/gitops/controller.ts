/**
 * The controller as a process of its own, for tests that kill it.
 *
 *     node controller.cjs KUBECONFIG FOLDER [PUSH_SECRETS] [POLICIES]
 */
import { gitopsOperator } from '../../gitops';

const [kubeconfig = '', folder = '', secretFile, policies] = process.argv.slice(2);
const onListening = (port: number) => console.error(`takes pushes on ${port}`);
const pushes = secretFile ? { secretFile, port: 0, host: '127.0.0.1', onListening } : undefined;
// Its page is shown where a test looks at it.
const page =
  process.env.DRYDOCK_TEST_PAGE === 'yes'
    ? { port: 0, onListening: (port: number) => console.error(`shows its page on ${port}`) }
    : undefined;
const { DRYDOCK_TEST_PROMETHEUS: prometheus } = process.env;
// A busy machine may let a second go by between two renewals.
const renderLimits = { timeoutMs: 8_000 };
gitopsOperator({
  kubeconfig,
  folder,
  namespace: 'default',
  port: false,
  leaseMs: 9_000,
  pushes,
  ...(page ? { page } : {}),
  renderLimits,
  ...(prometheus ? { prometheus: { url: prometheus } } : {}),
  ...(policies ? { policies: { folder: policies } } : {}),
})
  .run()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
