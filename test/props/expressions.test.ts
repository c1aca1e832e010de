import { type PropShape, prop, requireProps } from '../../core/props';
import * as patterns from '../../core/props/patterns';
import {
  carriedNode,
  evaluate,
  type JsonObject,
  type Owner,
  type Tree,
  text,
  treeOf,
} from '../../core/template';
import { defineValues, imageReference, value } from '../../core/values';
import { checkPattern } from '../../core/values/pattern';
import { DOOR, RIGHT, refusalOf } from '../support/door';

describe('expressions', () => {
  const values = defineValues({
    few: value.integer({ default: 2, min: 1, max: 5, doc: 'Within the range' }),
    many: value.integer({ default: 2, min: 1, doc: 'May be above it' }),
    maybe: value.integer({ optional: true, min: 1, max: 5, doc: 'May be absent' }),
    part: value.number({ default: 2, doc: 'May have a fraction' }),
    name: value.string({ default: 'a', doc: 'A text' }),
    folders: value.list(value.string({ doc: 'One' }), { default: [], doc: 'Folders' }),
    owner: value.dnsName({ default: 'a', doc: 'A name' }),
    on: value.boolean({ default: true, doc: 'A flag' }),
    team: value.map(value.string({ doc: 'One' }), { default: {}, doc: 'Labels' }),
    door: {
      port: value.port({ default: 80, doc: 'Port' }),
      image: value.image({ default: 'a:1', doc: 'Image' }),
    },
  });
  const asked = (props: object) => requireProps('shop/door', DOOR, { ...RIGHT, ...props });

  test('of the right kind are let through', () => {
    expect(asked({ replicas: values.few, labels: values.team })).toEqual([]);
    expect(asked({ labels: { ...values.team, a: values.owner } })).toEqual([]);
    expect(asked({ replicas: values.few.asNumber() })).toEqual([]);
    expect(asked({ folders: ['/a', ...values.folders] })).toEqual([]);
  });

  test('a group of values can be given for an object with those props', () => {
    expect(requireProps('shop/door', DOOR, values.door).map(({ prop: name }) => name)).toEqual(['image']);
  });

  test('that may be out of range are asked for when the chart is installed, each bound only where it is open', () => {
    const [open, ...more] = asked({ replicas: values.many });
    expect(more).toHaveLength(0);
    expect(open).toMatchObject({ prop: 'replicas', expected: 'a whole number from 1 to 9' });
    expect(carriedNode(open?.holds)?.op).toMatchObject({ op: 'compare', how: 'le', right: 9 });
  });

  test.each([
    ['of another kind', { replicas: values.on }, 'replicas'],
    ['with a fraction', { replicas: values.part }, 'replicas'],
    ['that may be absent', { replicas: values.maybe }, 'replicas'],
    ['a number where a text is asked', { labels: { a: values.few } }, 'labels.a'],
    ['a text where a list is asked', { folders: values.name }, 'folders'],
  ])('%s', (_, props, name) => {
    expect(refusalOf({ ...RIGHT, ...props })).toMatchObject({ where: `shop/door ${name}` });
  });

  test('that may be absent are let through where the shape says so', () => {
    const shape = prop.object<{ a?: number }>({ a: prop.integer().orAbsent() });
    expect(requireProps('here', shape, { a: values.maybe })).toEqual([]);
  });
});

describe('texts with values in them', () => {
  const values = defineValues({
    repository: value.string({ default: 'app', doc: 'Repository' }),
    tag: value.string({ default: '1', doc: 'Tag' }),
    image: value.image({ default: 'app:1', doc: 'Whole' }),
    name: value.dnsName({ default: 'a', doc: 'Name' }),
    cpu: value.cpu({ default: '1', doc: 'CPU' }),
    memory: value.memory({ default: '1Gi', doc: 'Memory' }),
    pull: value.oneOf(['Always', 'Never'], { default: 'Never', doc: 'Policy' }),
  });
  const { repository, tag, image } = values;
  /** Whether what a shape asks for at installation holds for given values. */
  const holds = (shape: PropShape, given: unknown, entries: JsonObject) => {
    const tree = shape.requirements(given, 'prop').map((one) => treeOf(one.holds)) as Tree[];
    const op = carriedNode(repository)?.op;
    const owner = op?.op === 'value' ? op.owner : undefined;
    const all = { repository: 'app', tag: '1', image: 'app:1', ...entries };
    const inputs = { values: new Map([[owner as Owner, all]]), builtins: {} as never };
    return tree.every((one) => evaluate(one, inputs) === true);
  };

  test.each([
    [text`${repository}:${tag}`, {}, true],
    [text`${repository}:${tag}`, { tag: 'latest' }, false],
    [text`${repository}:${tag}`, { tag: '' }, false],
    [text`${repository}:${tag}`, { tag: 'latest-1' }, true],
    [text`${repository}@sha256:${tag}`, { tag: '0'.repeat(64) }, true],
    [text`localhost:5000/${repository}`, {}, false],
    [text`localhost:5000/${repository}`, { repository: 'app:1' }, true],
    [text`localhost:${tag}`, { tag: '5000/app' }, false],
    [text`${repository}:latest`, {}, false],
    [repository, { repository: 'app:2' }, true],
    [repository, { repository: 'a b:2' }, false],
    [image, { image: 'app:2' }, true],
    [image, { image: 'app:latest' }, false],
  ])('an image is pinned or not by what was given: case %#', (given, entries, expected) => {
    expect(holds(prop.image(), given, entries)).toBe(expected);
  });

  test('what the declaration of a value says already is not asked again', () => {
    const asked = (shape: PropShape, given: unknown) => shape.requirements(given, 'prop').length;
    expect(asked(prop.dnsLabel(), values.name)).toBe(0);
    expect(asked(prop.objectName(), values.name)).toBe(0);
    expect(asked(prop.cpu(), values.cpu)).toBe(0);
    expect(asked(prop.bytes(), values.memory)).toBe(0);
    expect(asked(prop.oneOf(['Always', 'Never', 'IfNotPresent']), values.pull)).toBe(0);
    expect(asked(prop.dnsLabel(), tag)).toBe(1);
  });
});

describe('the parts of an image as values', () => {
  const values = defineValues({
    image: value.imageParts({ repository: 'registry.example.com/app', tag: '1.0.0' }),
  });
  const reference = (image: JsonObject) => {
    const op = carriedNode(values.image.tag)?.op;
    const owner = op?.op === 'value' ? op.owner : undefined;
    const parts = { repository: 'registry.example.com/app', tag: '1.0.0', digest: '', ...image };
    const inputs = { values: new Map([[owner as Owner, { image: parts }]]), builtins: {} as never };
    return evaluate(treeOf(imageReference(values.image)) as Tree, inputs);
  };
  test('name the image by its tag, and by its digest where one is given', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(reference({})).toBe('registry.example.com/app:1.0.0');
    expect(reference({ digest })).toBe(`registry.example.com/app:1.0.0@${digest}`);
  });
});

test('every pattern means the same to helm and to JavaScript', () => {
  for (const [name, pattern] of Object.entries(patterns)) {
    if (name !== 'LATEST') expect(() => checkPattern(pattern, name)).not.toThrow();
  }
});
