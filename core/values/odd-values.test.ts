import type { JsonObject } from '../template';
import { defineValues, value } from '.';
import { definitionOf } from './definition';
import { oddValues } from './odd-values';
import { parseValues } from './parse-values';
import { secretTexts } from './secret';

const doc = 'd';
const definition = definitionOf(
  defineValues({
    flag: value.boolean({ default: true, doc }),
    any: value.string({ default: 'a', doc }),
    word: value.dnsName({ default: 'web', doc }),
    least: value.integer({ default: 1, min: 1, max: 9, doc }),
    most: value.integer({ default: 9, min: 1, max: 9, doc }),
    only: value.integer({ default: 5, min: 5, max: 5, doc }),
    list: value.list(value.string({ doc }), { default: ['a', 'b'], doc }),
    one: value.list(value.dnsName({ doc }), { default: ['a'], doc }),
    full: value.list(value.port({ doc }), { default: [1, 2], maxItems: 2, doc }),
    map: value.map(value.string({ doc }), { default: { a: 'b' }, doc }),
    text: value.string({ optional: true, doc }),
    name: value.dnsName({ optional: true, doc }),
    port: value.port({ optional: true, doc }),
    switch: value.boolean({ optional: true, doc }),
    version: value.string({ optional: true, pattern: '^v[0-9]$', doc }),
    group: { inner: value.boolean({ default: false, doc }) },
    login: value.secret({ doc, keys: { password: doc } }),
  }),
);
const given = parseValues(definition, { login: { password: 'hunter2' } }, 'here');
const odd = oddValues(definition, given);
const ODD = `"'\\ \n{{<no value>: #`;

test('every value is as unlike the given one as its declaration lets it be', () => {
  expect(odd).toEqual({
    flag: false,
    any: `a${ODD}`,
    word: 'webx',
    least: 2,
    most: 8,
    // There is no other.
    only: 5,
    list: ['a', 'b', `a${ODD}`],
    one: [],
    full: [2],
    map: { a: 'b' },
    text: ODD,
    name: 'odd',
    port: 1,
    switch: true,
    group: { inner: true },
    login: { password: ODD, existingSecret: 'x' },
  });
});

test('they are values that the declaration takes, and nothing in them comes from a secret', () => {
  expect(() => parseValues(definition, odd, 'here')).not.toThrow();
  expect(JSON.stringify(odd)).not.toContain('hunter2');
});

test('what is given for secrets is known, of subcharts too, and nothing else is one', () => {
  const inner = defineValues({ login: value.secret({ doc, keys: { a: doc, b: doc } }) });
  const { declarations } = definitionOf(
    defineValues({
      sub: value.subchart(inner, {}),
      own: value.secret({ doc, keys: { constructor: doc } }),
      plain: value.string({ default: 'x', doc }),
    }),
  );
  const values: JsonObject = {
    sub: { login: { a: 'one', existingSecret: 'named' } },
    own: { constructor: 'two' },
    plain: 'three',
  };
  expect(secretTexts(declarations, values)).toEqual(['one', 'two']);
  expect(secretTexts(declarations, {})).toEqual([]);
  expect(secretTexts(declarations, { sub: null, own: { constructor: null } })).toEqual([]);
});
