import fc from 'fast-check';
import { parse, parseDocument } from 'yaml';
import { Testing } from '../../core/synth';
import { secretExamples } from '../../core/synth/secret-examples';
import { HelmChart, KubeObject } from '../../core/tree';
import { defineValues, definitionOf, value } from '../../core/values';
import { someText } from '../support/any-text';

/** Every text that a program declares, in every file that it comes into: the file, parsed, is what was meant. */

interface Texts {
  readonly doc: string;
  readonly description: string;
  readonly key: string;
  readonly shown: string;
}

const texts: fc.Arbitrary<Texts> = fc.record({
  doc: someText,
  description: someText,
  key: someText,
  shown: someText,
});

function chartOf({ doc, description, key, shown }: Texts) {
  const values = defineValues({
    first: value.string({ default: shown, doc }),
    missing: value.string({ doc }),
    group: { inner: value.integer({ default: 1, doc }), other: value.boolean({ optional: true, doc }) },
    nothing: { here: value.cpu({ optional: true, doc }), there: value.port({ optional: true, doc }) },
    choice: value.oneOf(['a', `x${shown}`], { default: 'a', doc }),
    fields: value.list(value.object({ name: value.string({ doc }) }, { doc }), { default: [], doc }),
    login: value.secret({ doc, keys: { 'tls.crt': key, password: doc } }),
    last: value.map(value.string({ doc }), { default: { a: shown }, doc }),
  });
  const chart = new HelmChart(Testing.app(), 'law', {
    description,
    values,
    environments: { default: { missing: shown } },
  });
  const { parse: _, login, ...rest } = values;
  new KubeObject(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config' },
    spec: { ...rest, ref: chart.secretKeyRef(login.key('tls.crt')) },
  } as never);
  return { chart, files: Testing.helmChart(chart as never), defaults: definitionOf(values).defaults };
}

const RUNS = { numRuns: 40 };
const NAMING = { nameOverride: '', fullnameOverride: '' };

test('values.yaml has the defaults and nothing else, whatever the documentation says', () => {
  fc.assert(
    fc.property(texts, (given) => {
      const { files, defaults } = chartOf(given);
      for (const version of ['1.1', '1.2'] as const)
        expect(parse(files['values.yaml'] as string, { version })).toEqual({ ...defaults, ...NAMING });
    }),
    RUNS,
  );
});

test('every line of values.yaml that is no value is a comment, also for readers that know more line ends', () => {
  fc.assert(
    fc.property(texts, (given) => {
      const tame = chartOf({ ...given, doc: 'd', key: 'd', description: 'd' }).files['values.yaml'] as string;
      const { files } = chartOf(given);
      const lines = (text: string) =>
        text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).filter((line) => !/^ *#/.test(line));
      expect(lines(files['values.yaml'] as string)).toEqual(lines(tame));
      expect(files['values.yaml']).not.toMatch(/(?![\t\n])\p{Cc}|[\ufeff\ufffe\uffff]|[ \t]$/mu);
    }),
    RUNS,
  );
});

test('Chart.yaml and the schema say the texts as they are', () => {
  fc.assert(
    fc.property(texts, (given) => {
      const { files } = chartOf(given);
      expect(parse(files['Chart.yaml'] as string).description).toBe(given.description);
      const schema = JSON.parse(files['values.schema.json'] as string);
      expect(schema.properties.first.description).toBe(given.doc);
      expect(schema.properties.choice.enum).toEqual(['a', `x${given.shown}`]);
    }),
    RUNS,
  );
});

test('the example of secrets is a line for each key, and comments', () => {
  fc.assert(
    fc.property(texts, (given) => {
      const { chart } = chartOf(given);
      const examples = secretExamples([chart as never]);
      const lines = (examples.get('law.env.example') as string).split(/\r\n|[\n\r\u0085\u2028\u2029]/);
      expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['tls.crt=', 'password=']);
      const [document] = [parseDocument(examples.get('law.example.yaml') as string)];
      expect(document.toJS().stringData).toEqual({ 'tls.crt': '', password: '' });
    }),
    RUNS,
  );
});

/** The cells of a row, as GitHub's Markdown divides it; what a backslash escapes stays in its cell. */
function cellsOf(row: string): string[] {
  const cells = row.match(/(?:\\[!-/:-@[-`{-~]|[^|])+/g) ?? [];
  return cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
}

test('the table of the README has one row of four cells for each value', () => {
  fc.assert(
    fc.property(texts, (given) => {
      const { files } = chartOf(given);
      const readme = files['README.md'] as string;
      const rows = readme
        .slice(readme.indexOf('|---|---|---|---|'))
        .trimEnd()
        .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
        .slice(1);
      expect(rows.map((row) => cellsOf(row).length)).toEqual(new Array(14).fill(4));
      expect(cellsOf(rows[1] as string).slice(0, 3)).toEqual(['`missing`', 'string', '(required)']);
    }),
    RUNS,
  );
});
