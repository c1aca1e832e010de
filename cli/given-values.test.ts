import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { givenValues, refuseValuesOfNoChart } from './given-values';

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-given-test-'));

function file(name: string, text: string): string {
  const written = path.join(folder, name);
  writeFileSync(written, text);
  return written;
}

test('no files tell the app nothing', () => {
  expect(givenValues([], folder)).toEqual({ env: {}, charts: new Map() });
});

test('files for all charts and for one are handed on, read as helm reads them', () => {
  const all = file('all.yaml', 'replicas: 3\nflag: yes\n');
  const one = file('one.yaml', 'tag: "1"\n');
  const { env, charts } = givenValues([all, `shop=${one}`], folder);
  expect(JSON.parse(readFileSync(env.DRYDOCK_VALUES as string, 'utf8'))).toEqual({
    values: { '*': { replicas: 3, flag: true }, shop: { tag: '1' } },
    valuesFrom: { '*': all, shop: one },
  });
  expect([...charts]).toEqual([['shop', one]]);
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

test('values for a chart that the app lacks are refused, with the one that was meant; for one that it has, not', () => {
  const given = givenValues([`shpo=${file('one.yaml', 'tag: "1"\n')}`], folder);
  expect(() => refuseValuesOfNoChart(given, ['shop', 'hello'])).toThrow(
    /^VALUES_OF_NO_CHART at --values shpo=.*one\.yaml: found "shpo", did you mean shop\?; expected a chart of the app: shop, hello\. /,
  );
  expect(() => refuseValuesOfNoChart(given, [])).toThrow(/expected no values, the app has no HelmChart\./);
  expect(() => refuseValuesOfNoChart(given, ['shpo'])).not.toThrow();
});
