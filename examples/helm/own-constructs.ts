// One service of this library, with values: plain YAML in dist/manifests, a Helm chart in dist/charts.
//   npx cdk8s synth --app 'npx tsx own-constructs.ts'
import { App, defineValues, HelmChart, SecureService, text, value } from 'cdk8s-drydock';

const values = defineValues({
  replicas: value.integer({ default: 2, min: 1, max: 10, doc: 'How many pods run' }),
  image: {
    tag: value.string({ default: '1.4.2', pattern: '^[A-Za-z0-9_.-]+$', doc: 'Tag of the image' }),
  },
  ingress: {
    enabled: value.boolean({ default: true, doc: 'Reachable from outside of the cluster' }),
    host: value.string({
      default: 'shop.example.com',
      pattern: '^[a-z0-9.-]+$',
      doc: 'Host name of the shop',
    }),
  },
});

const app = new App();
const chart = new HelmChart(app, 'shop', {
  description: 'A shop',
  version: '1.0.0',
  values,
  environments: { prod: { replicas: 5, ingress: { host: 'shop.prod.example.com' } } },
});

new SecureService(chart, 'web', {
  image: text`registry.example.com/shop:${values.image.tag}`,
  port: 8080,
  resources: 'small',
  replicas: values.replicas,
  ingress: { enabled: values.ingress.enabled, host: values.ingress.host, tls: { secretName: 'shop-tls' } },
});

app.synth();
