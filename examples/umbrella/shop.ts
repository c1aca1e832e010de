// An umbrella: one chart, a subchart a service, environments that span them.
//   npx cdk8s synth
import { App, defineValues, HelmChart, value } from 'cdk8s-drydock';
import type { Construct } from 'constructs';
import { Backend, backendValues, shopGlobals } from './backend';

export const shopValues = defineValues({
  global: shopGlobals,
  tags: { preview: value.boolean({ default: false, doc: 'What only previews have' }) },
  // The key is what the shop calls the chart; the values of the chart are under it.
  backend: value.subchart(backendValues, { enabled: true, values: { replicas: 3 } }),
  // The same chart a second time, under an alias.
  canary: value.subchart(backendValues, { tags: ['preview'], values: { replicas: 1 } }),
});

export class Shop extends HelmChart<typeof shopValues> {
  constructor(scope: Construct, id = 'shop') {
    super(scope, id, {
      description: 'A shop',
      version: '2.0.0',
      values: shopValues,
      environments: {
        dev: { backend: { replicas: 1 }, tags: { preview: true } },
        prod: { backend: { replicas: 6, tag: '1.4.1' }, global: { registry: 'registry.prod.example.com' } },
      },
    });
    new Backend(this, 'backend');
    new Backend(this, 'canary');
  }
}

const app = new App();
new Shop(app);
app.synth();
