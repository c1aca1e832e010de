import { App as StockApp } from 'cdk8s';
import { App, DrydockError, Testing } from 'cdk8s-drydock';
import { ClusterError, startCluster } from 'cdk8s-drydock/testing';
import { HelloChart } from './hello.js';

for (const app of [new StockApp({ outdir: 'out/stock' }), new App({ outdir: 'out/manifests' })]) {
  new HelloChart(app, 'hello');
  app.synth();
}

let refusal: unknown;
try {
  Testing.synth(new HelloChart(Testing.app(), 'hello'), { values: { replicas: 0 } });
} catch (error) {
  refusal = error;
}
console.log(JSON.stringify([refusal instanceof DrydockError, typeof startCluster, typeof ClusterError]));
