// The Chart is in a HelmChart, and its props are values: plain YAML in dist/manifests, a Helm chart in dist/charts.
//   npx cdk8s synth --app 'npx tsx 3-helm-chart.ts'
import { App, defineValues, HelmChart, value } from 'cdk8s-drydock';
import { Guestbook } from './guestbook';

const values = defineValues({
  replicas: value.integer({ default: 2, min: 1, max: 10, doc: 'How many pods run' }),
  tag: value.string({ default: '5', pattern: '^[A-Za-z0-9_.-]+$', doc: 'Tag of the image' }),
  title: value.string({ default: 'Guestbook', doc: 'What stands above the entries' }),
  host: value.string({
    default: 'guests.example.com',
    pattern: '^[a-z0-9.-]+$',
    doc: 'Host name of the guestbook',
  }),
});

const app = new App();
const chart = new HelmChart(app, 'guestbook', {
  description: 'A guestbook',
  values,
  environments: { prod: { replicas: 5, host: 'guests.prod.example.com' } },
});
new Guestbook(chart, 'app', {
  replicas: values.replicas.asNumber(),
  image: `registry.example.com/guestbook:${values.tag}`,
  title: values.title.asString(),
  host: values.host.asString(),
});
app.synth();
