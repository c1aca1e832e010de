import { App as StockApp } from 'cdk8s';
import { App } from 'cdk8s-drydock';
import { HelloChart } from './hello';

for (const app of [new StockApp({ outdir: 'out/stock' }), new App({ outdir: 'out/manifests' })]) {
  new HelloChart(app, 'hello');
  app.synth();
}
