import { PropError, prop, requireProps } from '../../core/props';
import { carriedNode, text } from '../../core/template';
import { defineValues, value } from '../../core/values';

interface Door {
  readonly image: string;
  readonly port: number;
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mode?: 'open' | 'closed' | false;
  readonly secret?: string;
  readonly folders?: readonly (string | { readonly path: string })[];
}

const DOOR = prop.object<Door>({
  image: prop.image().required(),
  port: prop.port().required(),
  replicas: prop.integer({ min: 1, max: 9 }),
  labels: prop.labels(),
  mode: prop.byKind(
    { text: prop.oneOf(['open', 'closed']), boolean: prop.exactly(false) },
    'a mode or false',
  ),
  secret: prop.text({ isSecret: true, maxLength: 3 }),
  folders: prop.list(
    prop.byKind(
      {
        text: prop.absolutePath(),
        object: prop.object<{ path: string }>({ path: prop.absolutePath().required() }),
      },
      'a path',
    ),
  ),
});
const RIGHT = { image: 'example.com/app:1', port: 80 };

function refusalOf(props: unknown): PropError {
  try {
    requireProps('shop/door', DOOR, props);
  } catch (error) {
    if (error instanceof PropError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('expressions', () => {
  const values = defineValues({
    few: value.integer({ default: 2, min: 1, max: 5, doc: 'Within the range' }),
    many: value.integer({ default: 2, min: 1, doc: 'May be above it' }),
    maybe: value.integer({ optional: true, min: 1, max: 5, doc: 'May be absent' }),
    part: value.number({ default: 2, doc: 'May have a fraction' }),
    name: value.string({ default: 'a', doc: 'A text' }),
    folders: value.list(value.string({ doc: 'One' }), { default: [], doc: 'Folders' }),
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
    expect(asked({ labels: { ...values.team, a: values.name } })).toEqual([]);
    expect(asked({ labels: { a: `${values.name}-x` }, replicas: values.few.asNumber() })).toEqual([]);
    expect(asked({ folders: ['/a', ...values.folders] })).toEqual([]);
  });

  test('a group of values stands for an object with those props', () => {
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

describe('an image with values in it', () => {
  const values = defineValues({
    repository: value.string({ default: 'app', doc: 'Repository' }),
    tag: value.string({ default: '1', doc: 'Tag' }),
  });
  const { repository, tag } = values;
  const asked = (image: unknown) =>
    prop
      .image()
      .requirements(image, 'image')
      .map(({ holds }) => (holds === false ? 'refused' : 'asked at installation'));

  test('is pinned where a tag or digest follows the name', () => {
    expect(asked(text`${repository}:${tag}`)).toEqual([]);
    expect(asked(text`example.com:5000/${repository}:${tag}`)).toEqual([]);
    expect(asked(text`${repository}@sha256:${tag}`)).toEqual([]);
    expect(asked(`${repository}:1`)).toEqual([]);
  });
  test('the port of a registry is no tag', () => {
    expect(asked(text`localhost:5000/${repository}`)).toEqual(['asked at installation']);
    expect(asked(text`localhost:${tag}/app`)).toEqual(['refused']);
    expect(asked(text`${repository}/app`)).toEqual(['refused']);
  });
  test('latest is refused', () => {
    expect(asked(text`${repository}:latest`)).toEqual(['refused']);
  });
  test('is asked for when the chart is installed where only that tells', () => {
    expect(asked(repository)).toEqual(['asked at installation']);
  });
});
