import { type PropShape, prop } from '../../core/props';
import { carriedNode } from '../../core/template';
import { defineValues, value } from '../../core/values';

// Which shapes of props take which kinds of values: surely, or where the installation meets what is asked of it then.

const doc = 'd';
const values = defineValues({
  any: value.string({ default: 'a', doc }),
  label: value.dnsName({ default: 'a', doc }),
  choice: value.oneOf(['a', 'b'], { default: 'a', doc }),
  maybe: value.string({ optional: true, doc }),
  few: value.integer({ default: 1, min: 1, max: 5, doc }),
  wide: value.integer({ default: 1, doc }),
  part: value.number({ default: 1, doc }),
  on: value.boolean({ default: true, doc }),
  list: value.list(value.string({ doc }), { default: [], doc }),
  map: value.map(value.string({ doc }), { default: {}, doc }),
  raw: value.raw({ default: {}, doc }),
  group: { port: value.port({ default: 80, doc }) },
});
type Kind = keyof typeof values;
const KINDS = Object.keys(values) as Kind[];
const ports = { port: prop.port() };

test.each<[string, PropShape, taken: readonly Kind[], asked: readonly Kind[]]>([
  ['a text', prop.text(), ['choice'], ['any', 'label']],
  ['a text that may be empty', prop.text({ minLength: 0 }), ['any', 'label', 'choice'], []],
  ['a text of one form', prop.dnsLabel(), ['label', 'choice'], ['any']],
  ['a text of a form that another implies', prop.objectName(), ['label', 'choice'], ['any']],
  ['one of these', prop.oneOf(['a', 'b', 'c']), ['choice'], ['any', 'label']],
  ['one of others', prop.oneOf(['b', 'c']), [], ['any', 'label', 'choice']],
  ['an image', prop.image(), [], ['any', 'label', 'choice']],
  ['CPU', prop.cpu(), [], ['any', 'label', 'choice']],
  ['a whole number from 1 to 9', prop.integer({ min: 1, max: 9 }), ['few'], ['wide']],
  ['a whole number from 2 to 4', prop.integer({ min: 2, max: 4 }), [], ['few', 'wide']],
  ['what the program decides', prop.flag(), [], []],
  ['yes or no', prop.boolean(), ['on'], []],
  ['exactly this', prop.exactly(false), [], []],
  ['a list', prop.list(prop.text()), ['list', 'raw'], []],
  ['a map', prop.map(prop.labelKey(), prop.labelValue(), 'labels'), ['map', 'raw'], []],
  ['an object', prop.object<{ port?: number }>(ports), ['group'], []],
  [
    'an object or the whole of it',
    prop.object<{ port?: number }>(ports, { takesWhole: true }),
    ['map', 'raw', 'group'],
    [],
  ],
  ['data of Kubernetes', prop.data(), ['map', 'raw', 'group'], []],
  [
    'a text or a number',
    prop.byKind({ text: prop.text(), number: prop.port() }, 'x'),
    ['few', 'choice'],
    ['any', 'label', 'wide'],
  ],
  [
    'a list or data',
    prop.byKind({ list: prop.list(prop.text()), object: prop.data() }, 'x'),
    ['list', 'map', 'raw', 'group'],
    [],
  ],
  ['one of two forms', prop.forms({ port: prop.object<{ port?: number }>(ports) }, 'x'), ['group'], []],
])('%s', (_what, shape, taken, asked) => {
  const outcome = (kind: Kind) => {
    const found = shape.requirements(values[kind], 'p');
    if (found.length === 0) return 'taken';
    return found.some(({ holds }) => holds === false) ? 'refused' : 'asked';
  };
  const of = (wanted: string) => KINDS.filter((kind) => outcome(kind) === wanted);
  expect({ taken: of('taken').sort(), asked: of('asked').sort() }).toEqual({
    taken: [...taken].sort(),
    asked: [...asked].sort(),
  });
});

test('each bound is asked only where the declaration leaves it open', () => {
  const askedOf = (shape: PropShape, kind: Kind) => {
    const [one] = shape.requirements(values[kind], 'p');
    const op = carriedNode(one?.holds)?.op;
    if (op?.op === 'and') return op.args.map((arg) => arg.op.op === 'compare' && [arg.op.how, arg.op.right]);
    return op?.op === 'compare' ? [[op.how, op.right]] : [];
  };
  expect(askedOf(prop.integer({ min: 0, max: 4 }), 'few')).toEqual([['le', 4]]);
  expect(askedOf(prop.integer({ min: 2, max: 5 }), 'few')).toEqual([['ge', 2]]);
  expect(askedOf(prop.integer({ min: 2, max: 4 }), 'few')).toEqual([
    ['ge', 2],
    ['le', 4],
  ]);
  expect(askedOf(prop.integer({ min: 1, max: 5 }), 'few')).toEqual([]);
  expect(askedOf(prop.text({ minLength: 2 }), 'any')).toEqual([['ge', 2]]);
  expect(prop.text({ minLength: 2, maxLength: 9 }).requirements(values.any, 'p')).toHaveLength(2);
  expect(askedOf(prop.dnsLabel(), 'any')).toEqual([['matches', expect.stringMatching(/^\^/)]]);
});

test.each<[string, PropShape, unknown, RegExp]>([
  ['a number for a text', prop.text(), values.few, /^Put it into a text with the tag `text`\.$/],
  ['a list for a text', prop.text(), values.list, /^Correct the text\.$/],
  [
    'a fraction for a whole number',
    prop.port(),
    values.part,
    /^It may have a fraction; declare the value with value\.integer\.$/,
  ],
  ['a text for a number', prop.port(), values.any, /^Correct the number/],
  ['what may not be there', prop.text(), values.maybe, /^Use `\.orElse\(\.\.\.\)` on it/],
])('%s is refused with what to do', (_what, shape, given, remedy) => {
  expect(shape.requirements(given, 'p')).toEqual([
    expect.objectContaining({ holds: false, prop: 'p', remedy: expect.stringMatching(remedy) }),
  ]);
});
