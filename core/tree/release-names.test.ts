import { App as StockApp } from 'cdk8s';
import { Testing } from '../synth';
import { type DeclaredValues, defineValues, value } from '../values';
import { HelmChart } from './helm-chart';
import { KubeObject } from './kube-object';
import { ReleaseObjects } from './release-names';

const empty = defineValues({});

function chart(scope: unknown, id: string, values: DeclaredValues = empty, name = id): HelmChart {
  return new HelmChart(scope as never, id, { description: 'd', values, name }) as HelmChart;
}

function config(scope: HelmChart, id = 'c'): void {
  const metadata = { name: scope.nameFor(id) };
  new KubeObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
}

/** An umbrella with an object of its own, and two subcharts with one each. */
function umbrella(ids: readonly string[] = ['c', 'c', 'c']) {
  const values = defineValues({ web: value.subchart(empty), db: value.subchart(empty) });
  const outer = chart(Testing.app(), 'shop', values);
  for (const [index, scope] of [outer, chart(outer, 'web'), chart(outer, 'db')].entries())
    config(scope, ids[index]);
  return outer;
}

const told = (made: HelmChart, release: string, given = {}) => {
  try {
    Testing.synth(made, { release: { name: release }, values: given });
    return 'taken';
  } catch (error) {
    return (error as { expected: string }).expected;
  }
};

test('charts of a release whose names hold each other are told apart, or refused by both of their names', () => {
  expect(told(umbrella(), 'prod')).toBe('taken');
  expect(told(umbrella(), 'web')).toBe('taken');
  expect(told(umbrella(), 'web-db')).toBe(
    'The charts web and db of this release would begin their names alike and give one name to two objects (ConfigMap ...-c). ' +
      'Use a release name that does not hold the names of both, or set fullnameOverride of one of them.',
  );
  expect(told(umbrella(), 'shop-web')).toMatch(/^The charts shop and web of this release would begin/);
  expect(told(umbrella(), 'web-db', { db: { fullnameOverride: 'other' } })).toBe('taken');
});

test('only objects that would be called alike matter', () => {
  expect(told(umbrella(['a', 'b', 'c']), 'shop-web-db')).toBe('taken');
  expect(told(umbrella(['a', 'b', 'a']), 'shop-web-db')).toMatch(/^The charts shop and db /);
});

test('charts that an umbrella calls alike in two places need another name, whatever the release is called', () => {
  const inner = defineValues({ leaf: value.subchart(empty) });
  const outer = chart(
    Testing.app(),
    'shop',
    defineValues({ a: value.subchart(inner), b: value.subchart(inner) }),
  );
  for (const id of ['a', 'b']) config(chart(chart(outer, id, inner, 'middle'), 'leaf'));
  expect(told(outer, 'prod')).toBe(
    'The charts a.leaf and b.leaf of this release would begin their names alike and give one name to two objects (ConfigMap ...-c). ' +
      'Set fullnameOverride of one of them.',
  );
});

describe('two objects of one identity in a release', () => {
  const object = (apiVersion: string, name: string | undefined, namespace?: string) => ({
    json: { apiVersion, kind: 'Thing', metadata: { ...(name && { name }), ...(namespace && { namespace }) } },
    where: 'later',
  });
  const refusal = (...objects: readonly ReturnType<typeof object>[]) => {
    const shop = chart(Testing.app(), 'shop');
    const release = new ReleaseObjects();
    const [first, ...others] = objects;
    try {
      release.add(shop, [{ ...first!, where: 'first' }]);
      release.add(shop, others);
      return 'taken';
    } catch (error) {
      return (error as { found: string }).found;
    }
  };

  test('are refused with what and where the first is', () => {
    expect(refusal(object('v1', 'a'), object('v1', 'a'))).toBe('Thing a, which first gives as well');
    expect(refusal(object('x.io/v1', 'a', 'n'), object('x.io/v2', 'a', 'n'))).toBe(
      'Thing.x.io a in the namespace n, which first gives as well',
    );
  });

  test('are two where group, name or namespace differ, or there is no name yet', () => {
    const one = object('x.io/v1', 'a', 'n');
    for (const other of [
      object('y.io/v1', 'a', 'n'),
      object('x.io/v1', 'b', 'n'),
      object('x.io/v1', 'a', 'm'),
      object('x.io/v1', 'a'),
    ])
      expect(refusal(one, other)).toBe('taken');
    expect(refusal(object('v1', undefined), object('v1', undefined))).toBe('taken');
  });

  test('are taken outside of a release, or in two', () => {
    const release = new ReleaseObjects();
    const app = Testing.app();
    for (const scope of [chart(app, 'one'), chart(app, 'two'), new StockApp(), new StockApp()])
      expect(() => release.add(scope, [object('v1', 'a')])).not.toThrow();
    expect(() => release.add(app, [object('v1', 'a'), object('v1', 'a')])).not.toThrow();
  });
});
