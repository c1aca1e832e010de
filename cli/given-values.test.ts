import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { givenValues } from './given-values';

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-given-test-'));

function file(name: string, text: string): string {
  const written = path.join(folder, name);
  writeFileSync(written, text);
  return written;
}

test('no files tell the app nothing', () => {
  expect(givenValues([], folder)).toEqual({});
});

test('files for all charts and for one are handed on, read as helm reads them', () => {
  const all = file('all.yaml', 'replicas: 3\nflag: yes\n');
  const one = file('one.yaml', 'tag: "1"\n');
  const { DRYDOCK_VALUES } = givenValues([all, `shop=${one}`], folder);
  expect(JSON.parse(readFileSync(DRYDOCK_VALUES as string, 'utf8'))).toEqual({
    '*': { replicas: 3, flag: true },
    shop: { tag: '1' },
  });
});

test.each([
  ['is not there', path.join(folder, 'none.yaml')],
  ['is no YAML', file('broken.yaml', 'a: [')],
  ['is a list', file('list.yaml', '- 1\n')],
])('a file that %s is named', (_, name) => {
  expect(() => givenValues([name], folder)).toThrow(
    expect.objectContaining({ code: 'VALUES_FILE', where: name }),
  );
});
