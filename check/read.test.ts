import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readObjects } from './read';
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
    ['below/c.yaml', 'kind: Four\n'],
    ['chart/Chart.yaml', 'name: chart\n'],
    ['chart/templates/x.yaml', '{{ no yaml }}'],
    ['notes.txt', 'kind: Five\n'],
  );
  expect(readObjects(folder).map(({ kind }) => kind)).toEqual(['One', 'Two', 'Three', 'Four']);
});

test.each([
  ['a path where nothing is', () => path.join(folder, 'nowhere'), /found nothing/],
  ['a folder without manifests', () => path.dirname(given(['read.me', ''])), /found no YAML file/],
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
