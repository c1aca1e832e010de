import { ClusterError, startCluster } from 'cdk8s-drydock/testing';

console.log(JSON.stringify({ testing: [typeof startCluster, typeof ClusterError] }));
