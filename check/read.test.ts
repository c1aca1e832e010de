import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parseManifests, readManifests, readObjects } from './read';
import { readWaivers } from './waivers';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes the files, and gives the path of the first. */
function given(...files: readonly (readonly [name: string, text: string])[]): string {
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return path.join(folder, files[0]![0]);
}

test('a folder gives the objects of all its manifests, in the order of their names, and no charts', () => {
  given(
    ['b.yml', 'kind: Two\n---\n# nothing\n---\nkind: Three\n'],
    ['a.yaml', 'kind: One\n'],
    ['below/c.json', '{ "kind": "Four" }'],
    ['chart/Chart.yaml', 'name: chart\n'],
    ['chart/templates/x.yaml', '{{ no yaml }}'],
    ['notes.txt', 'kind: Five\n'],
    ['old.yaml.orig', 'kind: Six\n'],
  );
  expect(readObjects(folder).map(({ kind }) => kind)).toEqual(['One', 'Two', 'Three', 'Four']);
});

test.each([
  ['a path where nothing is', () => path.join(folder, 'nowhere'), /found nothing/],
  ['a folder without manifests', () => path.dirname(given(['read.me', ''])), /found no file of YAML or JSON/],
  ['a file that is no YAML', () => given(['one.yaml', 'a: [\n']), /one\.yaml: found /],
  ['an empty file', () => given(['one.yaml', '']), /one\.yaml: found no object/],
  ['a file of comments', () => given(['one.yaml', '# nothing\n---\n']), /one\.yaml: found no object/],
  ['plain text', () => given(['one.yaml', 'hello\n']), /one\.yaml: found a text/],
  ['a list', () => given(['one.json', '[1]']), /one\.json: found a list/],
  [
    'text beside an object',
    () => given(['one.yaml', 'kind: One\n---\nhello\n']),
    /one\.yaml document 2: found a text/,
  ],
  ['an anchor that leads in a circle', () => given(['circle.yaml', 'a: &a [*a]\n']), /circle.yaml: found /],
])('%s is one sentence that names it', (_what, source, sentence) => {
  const at = source();
  expect(() => readObjects(at)).toThrow(sentence);
  expect(() => readObjects(at)).toThrow(expect.objectContaining({ code: 'CANNOT_CHECK' }));
});

const WAIVER = { rule: 'latest-tag', object: 'Pod/one' };

test('waivers are read', () => {
  const waivers = [{ ...WAIVER, reason: 'built on this very machine' }];
  expect(readWaivers(given(['w.json', JSON.stringify(waivers)]))).toEqual(waivers);
});

test.each([
  ['nothing', undefined, /w\.json: found ENOENT/],
  ['no JSON', '[', /w\.json: found /],
  ['no list', '{}', /w\.json: found no list/],
  ['null', '[null]', /entry 0: found null/],
  ['no reason', JSON.stringify([WAIVER]), /entry 0: found .*latest-tag.* expected a list of/],
  ['a reason too short', JSON.stringify([{ ...WAIVER, reason: 'because   ' }]), /because/],
  ['a reason that is no text', JSON.stringify([{ ...WAIVER, reason: 1234567890 }]), /1234567890/],
])('a file of waivers with %s is one sentence', (_what, text, sentence) => {
  const file = text === undefined ? path.join(folder, 'w.json') : given(['w.json', text]);
  expect(() => readWaivers(file)).toThrow(sentence);
  expect(() => readWaivers(file)).toThrow(expect.objectContaining({ code: 'CANNOT_CHECK' }));
});

test('what looks like a time stays the text that kubectl reads', () => {
  expect(readObjects(given(['one.yaml', 'kind: One\ndata: { at: 2024-01-31 }\n']))).toEqual([
    { kind: 'One', data: { at: '2024-01-31' } },
  ]);
});

test('a waiver may name a namespace, and nothing else in its place', () => {
  const waiver = { ...WAIVER, namespace: 'shop', reason: 'built on this very machine' };
  expect(readWaivers(given(['w.json', JSON.stringify([waiver])]))).toEqual([waiver]);
  const file = given(['w.json', JSON.stringify([waiver, { ...waiver, namespace: 5 }])]);
  expect(() => readWaivers(file)).toThrow(/w\.json entry 1: found .*"namespace":5/);
});

test.each(['rule', 'object', 'reason'])('a waiver with an empty %s is refused', (part) => {
  const waiver = { ...WAIVER, reason: 'built on this very machine', [part]: '' };
  const file = given(['w.json', JSON.stringify([waiver])]);
  expect(() => readWaivers(file)).toThrow(/entry 0/);
});

test('a reason of ten characters is enough', () => {
  expect(readWaivers(given(['w.json', JSON.stringify([{ ...WAIVER, reason: '0123456789' }])]))).toHaveLength(
    1,
  );
});

test('each object is read with where it is: the file, and the document where it has more than one', () => {
  given(['a.yaml', 'kind: One\n'], ['b.yaml', 'kind: Two\n---\n# nothing\n---\nkind: Three\n']);
  const from = readManifests(folder).map((one) => [one.object.kind, path.relative(folder, one.from)]);
  expect(from).toEqual([
    ['One', 'a.yaml'],
    ['Two', 'b.yaml document 1'],
    ['Three', 'b.yaml document 3'],
  ]);
});

test.each([
  ['5', 'found a number'],
  ['true', 'found a boolean'],
  ['- kind: One', 'found a list'],
])('%s is no object', (text, found) => {
  expect(() => parseManifests(text, 'standard input')).toThrow(`standard input: ${found}`);
});

test('a number beside a time keeps its type, and what is broken is not quoted: it may be a secret', () => {
  expect(parseManifests('kind: One\nspec: { replicas: 3, on: yes }\n', 'x')).toEqual([
    { object: { kind: 'One', spec: { replicas: 3, true: true } }, from: 'x' },
  ]);
  const refused = () => parseManifests('password: hunter2\npassword: [hunter3\n', 'x');
  expect(refused).toThrow(/^CANNOT_CHECK at x: found /);
  expect(refused).not.toThrow(/hunter/);
});

test('JSON as programs write it is read as the same objects that YAML makes of it', () => {
  // The one of YAML begins with a line that JSON does not have.
  const asYaml = (text: string) => parseManifests(`# YAML\n${text}`, 'set')[0]?.object;
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'yes', '1', 'null', '2024-01-31', '=', '~'));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }).map((one) => one.replaceAll(/[\p{Cs}\0]/gu, '')),
      fc.constantFrom('yes', 'off', '0x1f', '1_000', '12:30:45', '2024-01-31', '.inf', '~', '- a', 'a: b'),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 2, 4), (spec, indent) => {
      const object = JSON.parse(JSON.stringify({ apiVersion: 'v1', kind: 'A', spec }));
      const text = `${JSON.stringify(object, null, indent)}\n`;
      expect(parseManifests(text, 'set')).toEqual([{ object, from: 'set' }]);
      expect(asYaml(text)).toEqual(object);
    }),
    { numRuns: 300 },
  );
});

test.each(['{"kind":"A","kind":"B"}', '{"kind": "A", "data": {"x": 1, "x": 2}}'])(
  'a key that is there twice is refused in JSON too: %s',
  (text) => {
    expect(() => parseManifests(text, 'set.json')).toThrow(expect.objectContaining({ code: 'CANNOT_CHECK' }));
    expect(
      parseManifests(text.replace(/,[^,]*$/, text.endsWith('}}') ? '}}' : '}'), 'set.json'),
    ).toHaveLength(1);
  },
);

describe('a chart', () => {
  const before = process.env.PATH;
  afterEach(() => {
    process.env.PATH = before;
  });

  /** The real helm is in cli/check.real.test.ts; this is one whose words are known. */
  function helmThat(script: string): string {
    given(['bin/helm', `#!/bin/sh\n${script}\n`], ['chart/Chart.yaml', 'name: chart\n']);
    chmodSync(path.join(folder, 'bin/helm'), 0o755);
    process.env.PATH = `${path.join(folder, 'bin')}${path.delimiter}${before}`;
    return path.join(folder, 'chart');
  }
  const asItIsCalled = `printf 'kind: Call\\nwords: "%s"\\n' "$*"`;

  test('is given to helm with the files of values in their order', () => {
    const chart = helmThat(asItIsCalled);
    expect(readObjects(chart)).toEqual([{ kind: 'Call', words: `template release ${chart}` }]);
    expect(readObjects(chart, ['a.yaml', 'b.yaml'])).toEqual([
      { kind: 'Call', words: `template release ${chart} --values a.yaml --values b.yaml` },
    ]);
    expect(readManifests(chart, { helm: ['shop', '--skip-tests'] })).toEqual([
      { object: { kind: 'Call', words: `template shop --skip-tests ${chart}` }, from: chart },
    ]);
  });

  test('may be an archive', () => {
    helmThat(asItIsCalled);
    const archive = given(['shop-1.0.0.tgz', '']);
    expect(readObjects(archive)).toEqual([{ kind: 'Call', words: `template release ${archive}` }]);
  });

  test('that helm refuses is told in helm`s words where nothing was given, and without them where they may quote values', () => {
    const chart = helmThat('echo "no tag hunter2" >&2; exit 1');
    for (const without of [readObjects, readManifests])
      expect(() => without(chart)).toThrow(/what helm says: no tag hunter2; expected a chart that/);
    const withValues = () => readObjects(chart, ['secret.yaml']);
    expect(withValues).toThrow('found an error of helm, which is not shown: it may quote the values;');
    expect(withValues).toThrow(`See what helm says: helm template release ${chart} --values secret.yaml`);
    expect(withValues).not.toThrow(/hunter2/);
  });

  test('that renders nothing is refused, as an empty folder is', () => {
    expect(() => readObjects(helmThat('true'))).toThrow(/found no object; expected manifests or a chart/);
  });

  test('cannot be read without helm, and what to do is said', () => {
    const chart = helmThat('true');
    process.env.PATH = folder;
    expect(() => readObjects(chart)).toThrow(/found no helm on the PATH; .* Install helm/);
  });
});
