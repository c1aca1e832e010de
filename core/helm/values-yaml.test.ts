import { defineValues, definitionOf, value } from '../values';
import { environmentYaml, trialYaml, valuesYaml } from './values-yaml';

const yamlOf = (declarations: Parameters<typeof defineValues>[0]) =>
  valuesYaml(definitionOf(defineValues(declarations)).declarations).split('\n');

test('values.yaml has every value under its documentation, and says what one without a default means', () => {
  expect(
    yamlOf({
      replicas: value.integer({ default: 2, doc: 'How many pods\nof it run' }),
      word: value.string({ default: 'yes', doc: 'A word' }),
      zone: value.string({ optional: true, doc: 'A zone' }),
      host: value.dnsName({ doc: 'A host' }),
      names: value.list(value.dnsName({ doc: 'N' }), { default: ['a', 'b'], doc: 'Names' }),
      none: value.list(value.dnsName({ doc: 'N' }), { default: [], doc: 'No names' }),
    }),
  ).toEqual([
    '# -- How many pods',
    '# of it run',
    'replicas: 2',
    '# -- A word',
    'word: "yes"',
    '# -- A zone (optional)',
    '# zone:',
    '# -- A host (required)',
    '# host:',
    '# -- Names',
    'names:',
    '  - a',
    '  - b',
    '# -- No names',
    'none: []',
    '',
  ]);
});

test('a chart has an empty line around each of its groups; in a group only groups that follow each other are apart', () => {
  const one = value.integer({ default: 1, doc: 'd' });
  expect(
    yamlOf({ a: one, b: { x: one, v: { z: one }, w: one, u: { z: one }, t: { z: one } }, c: one, d: one }),
  ).toEqual([
    '# -- d',
    'a: 1',
    '',
    'b:',
    '  # -- d',
    '  x: 1',
    '  v:',
    '    # -- d',
    '    z: 1',
    '  # -- d',
    '  w: 1',
    '  u:',
    '    # -- d',
    '    z: 1',
    '',
    '  t:',
    '    # -- d',
    '    z: 1',
    '',
    '# -- d',
    'c: 1',
    '# -- d',
    'd: 1',
    '',
  ]);
});

test('a group without any default is an empty map, of which each line may lose its mark', () => {
  const open = yamlOf({
    limits: {
      cpu: value.cpu({ optional: true, doc: 'CPU' }),
      port: value.port({ optional: true, doc: 'Port' }),
    },
    last: value.integer({ default: 1, doc: 'd' }),
  });
  expect(open).toEqual([
    'limits: {',
    '  # -- CPU (optional)',
    '  # cpu: ,',
    '  # -- Port (optional)',
    '  # port: ,',
    '  }',
    '',
    '# -- d',
    'last: 1',
    '',
  ]);
});

test('a chart without values has an empty map', () => expect(yamlOf({})).toEqual(['{}', '']));

test('the file of an environment says whose it is, and holds what that sets', () => {
  const title = '# Values of the environment prod: helm install ... -f values-prod.yaml';
  expect(environmentYaml('prod', { a: { b: [1] } })).toBe(`${title}\na:\n  b:\n    - 1\n`);
  expect(environmentYaml('prod', {})).toBe(`${title}\n{}\n`);
});

test('values to try a chart with are what it has no default for, and it is said what cannot be made up', () => {
  const { declarations } = definitionOf(
    defineValues({
      host: value.dnsName({ doc: 'A host' }),
      zone: value.string({ optional: true, doc: 'A zone' }),
      count: value.integer({ default: 1, doc: 'd' }),
    }),
  );
  const title =
    '# To try the chart: helm template . -f ci/all-values.yaml; `ct install` takes this file by itself.';
  const [first, ...lines] = trialYaml('all', declarations, { count: 2 }).split('\n');
  expect(first).toBe(title);
  expect(lines.filter((line) => /^(host|count|zone):/.test(line))).toEqual([
    expect.stringMatching(/^host: \S/),
    'count: 2',
  ]);
  expect(trialYaml('none', definitionOf(defineValues({})).declarations, {})).toBe(
    `${title.replace('all-values', 'none-values')}\n{}\n`,
  );
});
