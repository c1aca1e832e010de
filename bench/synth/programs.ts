import { ApiObject, Chart, type App as StockApp } from 'cdk8s';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, value } from '../../core/values';

/** What a program is made of: constructs of cdk8s-plus-28, plain ApiObjects, or one HelmChart with values. */
export type Shape = 'cdk8s-plus' | 'plain' | 'helm chart';

/** Charts of a Deployment and a Service each, as many as make up the objects. */
export function services(app: StockApp, shape: Shape, objects: number): void {
  if (shape === 'helm chart') {
    helmChart(app, objects);
    return;
  }
  for (let index = 0; index < objects / 2; index += 1) {
    const chart = new Chart(app, `chart-${index}`);
    if (shape === 'cdk8s-plus') plusService(chart);
    else
      for (const [id, manifest] of Object.entries(manifests(chart.node.id, 'nginx:1.27')))
        new ApiObject(chart, id, manifest);
  }
}

function plusService(chart: Chart): void {
  // Loaded only where it is used, because loading it takes longer than everything else.
  const plus = require('cdk8s-plus-28') as typeof import('cdk8s-plus-28');
  const deployment = new plus.Deployment(chart, 'deployment', {
    replicas: 2,
    containers: [
      { image: 'nginx:1.27', portNumber: 8080, resources: { cpu: { request: plus.Cpu.millis(100) } } },
    ],
  });
  deployment.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
}

function helmChart(app: StockApp, objects: number): void {
  const values = defineValues({ tag: value.string({ default: '1.27', doc: 'Tag of the image nginx' }) });
  const chart = new HelmChart(app, 'services', { description: 'Many services', values });
  for (let index = 0; index < objects / 2; index += 1)
    for (const [id, manifest] of Object.entries(manifests(`service-${index}`, `nginx:${values.tag}`)))
      new KubeObject(chart, `service-${index}-${id}`, {
        ...manifest,
        metadata: { name: chart.nameFor(`${index}`) },
      } as never);
}

function manifests(name: string, image: string) {
  const labels = { app: name };
  const container = {
    name: 'web',
    image,
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  };
  return {
    deployment: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      spec: { ports: [{ port: 80, targetPort: 8080 }], selector: labels },
    },
  };
}

/** Charts that each depend on the one before. */
export function chain(app: StockApp, charts: number, objects: number): void {
  let before: Chart | undefined;
  for (let index = 0; index < charts; index += 1) {
    const chart = new Chart(app, `chart-${index}`);
    for (let object = 0; object < objects; object += 1)
      new ApiObject(chart, `config-${object}`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        data: { index: `${object}` },
      });
    if (before) chart.addDependency(before);
    before = chart;
  }
}
