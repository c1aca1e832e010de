import {
  allOf,
  anyOf,
  field,
  not,
  objectField,
  type Predicate,
  podField,
} from '../check/predicates/predicate';
import { celOf } from './cel-of';

// What test/guardrails holds against a real API server, a line for each word.

const there = field('a').isThere();

test.each<[string, Predicate, string]>([
  ['a field', there, 'c.?a.hasValue()'],
  ['a field with an odd name', field('a', 'b-c/d').isThere(), "c.?a[?'b-c/d'].hasValue()"],
  [
    'fields called like words of CEL',
    allOf(field('true').isThere(), field('in').isThere(), field('inner', 'null').isThere()),
    "(c[?'true'].hasValue()) && (c[?'in'].hasValue()) && (c.?inner[?'null'].hasValue())",
  ],
  ['the item itself', field().equals('x'), "optional.of(c).optMap(v0, v0 in ['x']).orValue(false)"],
  ['a field of the pod', podField('spec').isThere(), 'variables.pod.?spec.hasValue()'],
  ['a field of the object', objectField('kind').isThere(), 'dyn(object).?kind.hasValue()'],
  ['some values', field('a').isOneOf(['x', 'y']), "c.?a.optMap(v0, v0 in ['x', 'y']).orValue(false)"],
  [
    'values of many types, of which a list has one each',
    field('a').isOneOf([-1, 'x', 1.5, true, 2 ** 53, 2, 'y', false]),
    "c.?a.optMap(v0, v0 in ['x', 'y'] || v0 in [true, false] || v0 in [-1, 2] || v0 in [1.5, 9.007199254740992e+15]).orValue(false)",
  ],
  [
    'what an index gives, compared with values of several types',
    field('a', 'b-c').isOneOf(['x', 1]),
    "c.?a[?'b-c'].optMap(v0, dyn(v0)).optMap(v0, v0 in ['x'] || v0 in [1]).orValue(false)",
  ],
  ['one of no values', field('a').isOneOf([]), 'c.?a.optMap(v0, false).orValue(false)'],
  [
    'a number that is too large for an int',
    field('a').atMost(1e20),
    'c.?a.optMap(v0, (type(v0) == int || type(v0) == double) && v0 <= 1e+20).orValue(false)',
  ],
  [
    'a pattern',
    field('a').matches("^'$"),
    "c.?a.optMap(v0, type(v0) == string && v0.matches('^\\'$')).orValue(false)",
  ],
  [
    'at least a number',
    field('a').atLeast(2),
    'c.?a.optMap(v0, (type(v0) == int || type(v0) == double) && v0 >= 2).orValue(false)',
  ],
  [
    'at most a number',
    field('a').atMost(2.5),
    'c.?a.optMap(v0, (type(v0) == int || type(v0) == double) && v0 <= 2.5).orValue(false)',
  ],
  [
    'exactly an amount',
    field('a').amount('exactly', '1Gi'),
    "c.?a.optMap(v0, isQuantity(string(v0)) && quantity(string(v0)).compareTo(quantity('1Gi')) == 0).orValue(false)",
  ],
  ['no', not(there), '!(c.?a.hasValue())'],
  ['all', allOf(there, not(there)), '(c.?a.hasValue()) && (!(c.?a.hasValue()))'],
  ['all of none', allOf(), 'true'],
  ['any', anyOf(there, there), '(c.?a.hasValue()) || (c.?a.hasValue())'],
  ['any of none', anyOf(), 'false'],
  ['every entry', field('l').every(there), 'c.?l.optMap(v0, v0.all(e0, e0.?a.hasValue())).orValue(true)'],
  ['some entry', field('l').some(there), 'c.?l.optMap(v0, v0.exists(e0, e0.?a.hasValue())).orValue(false)'],
  [
    'entries of entries, each with a name of its own',
    field('l').every(field('m').some(field().equals(1))),
    'c.?l.optMap(v0, v0.all(e0, e0.?m.optMap(v1, v1.exists(e1, optional.of(e1).optMap(v2, v2 in [1]).orValue(false))).orValue(false))).orValue(true)',
  ],
  [
    'every value of a map, of maps too',
    field('m').everyValue(field().everyValue(there)),
    'c.?m.optMap(v0, v0.all(k0, optional.of(v0[k0]).optMap(v1, v1.all(k1, v1[k1].?a.hasValue())).orValue(true))).orValue(true)',
  ],
  [
    'entries that differ',
    field('l').differBy('name'),
    'c.?l.optMap(v0, v0.all(e0, v0.filter(e1, e0.?name == e1.?name).size() == 1)).orValue(true)',
  ],
  [
    'the name of an entry of another list',
    field('port').isNamedIn(field('ports'), 'name'),
    'c.?port.optMap(v0, type(v0) != string || c.?ports.orValue([]).exists(e0, e0.?name == optional.of(v0))).orValue(true)',
  ],
])('%s', (_, predicate, cel) => {
  expect(celOf(predicate, 'c')).toBe(cel);
});
