import { ClusterError, startCluster } from '..';

/** Tries to start a control plane and prints the code of what is in the way, for tests in a poorer process. */
startCluster({ controlPlaneOnly: true }).then(
  (cluster) => cluster.stop().then(() => console.log('STARTED')),
  (error: unknown) => console.log(error instanceof ClusterError ? error.message : String(error)),
);
