import { App } from '../../core/synth';
import { type JsonObject, text } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { SecureService } from '..';

const doc = 'd';

function shop() {
  const values = defineValues({
    level: value.string({ optional: true, doc }),
    mode: value.oneOf(['a', 'b'], { optional: true, doc }),
    debug: value.boolean({ default: false, doc }),
    token: value.ref({ kind: 'Secret', default: { name: 'tokens', key: 'queue' }, doc }),
  });
  const chart = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'd', values });
  new SecureService(chart, 'web', {
    image: 'registry.example.com/shop:1.4.2',
    port: 8080,
    resources: 'small',
    env: {
      LEVEL: values.level,
      MODE: values.mode,
      EXTRA: values.debug.then(text`at ${values.token.key}`),
      TOKEN: values.token,
    },
  });
  return chart;
}

function env(given: JsonObject) {
  const chart = shop();
  const objects = chart.render(chart.inputs({ values: given })) as readonly {
    kind?: string;
    spec?: unknown;
  }[];
  const { spec } = objects.find(({ kind }) => kind === 'Deployment') as {
    spec: { template: { spec: { containers: readonly [{ env: readonly object[] }] } } };
  };
  return spec.template.spec.containers[0].env;
}

const token = (name: string, key: string) => ({
  name: 'TOKEN',
  valueFrom: { secretKeyRef: { name, key } },
});

test('a variable whose value was not given is left out, and one that is empty stays', () => {
  expect(env({})).toEqual([token('tokens', 'queue')]);
  expect(env({ level: '', mode: 'a', debug: true, token: { key: 'k' } })).toEqual([
    { name: 'LEVEL', value: '' },
    { name: 'MODE', value: 'a' },
    { name: 'EXTRA', value: 'at k' },
    token('tokens', 'k'),
  ]);
  expect(env({ level: 'a$b' })[0]).toEqual({ name: 'LEVEL', value: 'a$$b' });
});
