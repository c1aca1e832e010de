import { ApiObject, Testing } from 'cdk8s';
import * as drydock from 'cdk8s-drydock';
import { HelloChart } from './hello';

const kinds = (objects: readonly unknown[]) => objects.map((object) => (object as { kind: string }).kind);

test('stock Testing gives the defaults', () => {
  const objects = Testing.synth(new HelloChart(Testing.app(), 'hello'));
  expect(kinds(objects)).toContain('Deployment');
  expect(kinds(objects)).not.toContain('Ingress');
  expect(objects).toMatchSnapshot();
});

test('Testing of drydock gives the same, and takes values', () => {
  const chart = new HelloChart(drydock.Testing.app(), 'hello');
  expect(drydock.Testing.synth(chart)).toEqual(Testing.synth(new HelloChart(Testing.app(), 'hello')));
  const other = drydock.Testing.synth(chart, { values: { replicas: 5, outside: true } });
  expect(kinds(other)).toContain('Ingress');
  expect(other).toContainEqual(expect.objectContaining({ spec: expect.objectContaining({ replicas: 5 }) }));
});

test('the objects of a construct are ApiObjects to the copy of cdk8s that this project has', () => {
  const chart = new HelloChart(Testing.app(), 'hello');
  const found = chart.node.findAll().filter(ApiObject.isApiObject);
  expect(found.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Service', 'Ingress']));
});

test('an error is recognised by its class and its code', () => {
  const chart = new HelloChart(drydock.Testing.app(), 'hello');
  expect(() => drydock.Testing.synth(chart, { values: { replicas: 0 } })).toThrow(drydock.DrydockError);
});
