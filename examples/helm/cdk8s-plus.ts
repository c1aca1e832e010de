// A chart of cdk8s-plus constructs, which know nothing of values, turned into a parameterised Helm chart.
// What is new against the plain cdk8s program is marked: the App, the HelmChart, the values and their stand-ins.
//   npx cdk8s synth --app 'npx tsx cdk8s-plus.ts'
import { ApiObject, JsonPatch, Size } from 'cdk8s';
import { App, defineValues, HelmChart, value, when } from 'cdk8s-drydock'; // new
import * as kplus from 'cdk8s-plus-28';

const values = defineValues({
  // new
  replicas: value.integer({ default: 2, min: 1, max: 10, doc: 'How many pods run' }),
  tag: value.string({ default: '1.27', pattern: '^[A-Za-z0-9_.-]+$', doc: 'Tag of nginx' }),
  memory: value.integer({ default: 256, min: 64, max: 4096, doc: 'Memory of a pod in MiB' }),
  public: value.boolean({ default: false, doc: 'Reachable from outside of the cluster' }),
});

const app = new App(); // was: new cdk8s.App
const chart = new HelmChart(app, 'site', { description: 'A site', values }); // was: new cdk8s.Chart

const memory = Size.mebibytes(values.memory.asNumber()); // was: Size.mebibytes(256)
const deployment = new kplus.Deployment(chart, 'web', {
  replicas: values.replicas.asNumber(), // was: 2
  containers: [
    {
      image: `nginx:${values.tag}`, // was: 'nginx:1.27'
      portNumber: 8080,
      resources: { memory: { request: memory, limit: memory } },
      securityContext: { user: 1000 },
    },
  ],
});
// As in the plain program: cdk8s-plus-28 has no prop for these two, and Pod Security "restricted" asks for them.
ApiObject.of(deployment).addJsonPatch(
  JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
  JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
);
const service = deployment.exposeViaService();

when(values.public, () => {
  // new
  new kplus.Ingress(chart, 'ingress', {
    rules: [{ host: 'site.example.com', backend: kplus.IngressBackend.fromService(service) }],
  });
});

app.synth();
