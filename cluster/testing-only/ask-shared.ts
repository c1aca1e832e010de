import { sharedCluster } from '..';

/** Prints the name of the shared cluster, as a worker of a test run would get it. */
sharedCluster().then(
  (cluster) => {
    console.log(cluster.id);
    cluster.api.close();
  },
  (error: unknown) => console.log(String(error)),
);
