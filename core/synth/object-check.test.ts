import { ApiObject, Chart } from 'cdk8s';
import { HelmChart, KubeObject, newerThanSchema, when } from '../tree';
import { defineValues, value } from '../values';
import { Testing } from './testing';

const selector = { matchLabels: { app: 'web' } };

function deployment(spec: object, pod: object = {}) {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'app', image: 'web:1' }], ...pod },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector, template, ...spec },
  };
}

test('an object that the server would refuse is an error with its construct, its field and what to do', () => {
  const app = Testing.app();
  new ApiObject(new Chart(app, 'shop'), 'web', deployment({ replicas: 'three' }));
  expect(() => app.synth()).toThrow(
    expect.objectContaining({
      code: 'INVALID_OBJECT',
      where: 'shop/web (Deployment "web") spec.replicas',
      found: '"three"',
      expected: 'a whole number',
      remedy: expect.stringContaining('newerThanSchema'),
    }),
  );
  expect(() => app.synthYaml()).toThrow(expect.objectContaining({ code: 'INVALID_OBJECT' }));
});

test('several faults are told at once', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'shop');
  new ApiObject(chart, 'one', deployment({ replicas: -1 }));
  new ApiObject(chart, 'two', deployment({ repicas: 1 }));
  expect(() => app.synth()).toThrow(/one .*spec\.replicas[\s\S]*two .*spec\.repicas/);
});

test('an App may be told to write objects that a server would refuse', () => {
  const app = Testing.app({ allowInvalidObjects: true });
  new ApiObject(new Chart(app, 'shop'), 'web', deployment({ replicas: 'three' }));
  expect(app.synthYaml()).toContain('replicas: three');
});

const values = defineValues({
  extra: value.boolean({ default: false, doc: 'Whether there is an extra object' }),
  replicas: value.integer({ default: 1, doc: 'How many pods run' }),
});

function helmChart(spec: object) {
  const app = Testing.app();
  const chart = new HelmChart(app, 'shop', { description: 'A shop', values });
  when(values.extra, () => new KubeObject(chart, 'web', deployment(spec) as never));
  return app;
}

test('an object that is not there by default is checked as far as no value decides', () => {
  expect(() => helmChart({ replicas: values.replicas, repicas: 1 }).synth()).toThrow(
    expect.objectContaining({ code: 'INVALID_OBJECT', where: 'shop/web (Deployment "web") spec.repicas' }),
  );
  expect(helmChart({ replicas: values.replicas, minReadySeconds: 1 }).synthYaml()).toBe('');
});

test('a value that makes an object invalid is found in plain YAML', () => {
  const app = Testing.app();
  const many = defineValues({ port: value.integer({ default: 70_000, doc: 'A port' }) });
  const chart = new HelmChart(app, 'shop', { description: 'A shop', values: many });
  const spec = { selector: { app: 'web' }, ports: [{ port: many.port }] };
  new KubeObject(chart, 'web', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
  expect(() => app.synth()).toThrow(
    expect.objectContaining({
      code: 'INVALID_OBJECT',
      found: '70000',
      where: expect.stringContaining('spec.ports[0].port'),
    }),
  );
});

describe('what is newer than the schema', () => {
  const build = (newer?: Parameters<typeof newerThanSchema>[1], spec: object = {}) => {
    const app = Testing.app();
    const object = new ApiObject(new Chart(app, 'shop'), 'web', deployment(spec, { shinyField: { a: 1 } }));
    if (newer) newerThanSchema(object, newer);
    return app;
  };
  const fields = ['spec.template.spec.shinyField'];
  const reason = 'Kubernetes 1.40 has it.';

  test('passes where it is named, and nothing else of the object does', () => {
    expect(() => build().synthYaml()).toThrow(/shinyField/);
    expect(build({ fields, reason }).synthYaml()).toContain('shinyField');
    expect(() => build({ fields, reason }, { replicas: 'x' }).synthYaml()).toThrow(/spec\.replicas/);
    expect(() => build({ fields: ['spec.template.spec.shiny'], reason }).synthYaml()).toThrow(/shinyField/);
  });

  test('may be a whole object', () => {
    expect(build({ reason }, { replicas: 'x' }).synthYaml()).toContain('replicas: x');
  });

  test('needs a reason', () => {
    expect(() => build({ reason: ' ' })).toThrow(expect.objectContaining({ code: 'MISSING_REASON' }));
  });
});
