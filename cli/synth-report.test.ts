import path from 'node:path';
import type { AppOutput } from './app-output';
import { inWords, manifestsAsText } from './synth-report';

const content = (folder: string, files: Readonly<Record<string, string>>) => ({
  folder: path.resolve(folder),
  files: new Map(Object.entries(files)),
});
const output = (given: Partial<AppOutput>): AppOutput => ({
  manifests: [],
  beside: [],
  charts: [],
  ...given,
});

test('manifests are one stream of YAML in the order of their names; what is empty or no YAML is left out', () => {
  const files = {
    'b.yaml': 'b: 1\n',
    'a.yml': 'a: 1\n',
    'c.yaml': ' \n',
    'd.yaml.orig': 'd: 1\n',
    'e.txt': 'e\n',
  };
  expect(manifestsAsText([content('x', files), content('y', { 'a.yaml': 'y: 1\n' })])).toBe(
    'a: 1\n---\nb: 1\n---\ny: 1\n',
  );
  expect(manifestsAsText([content('x', { 'a.yaml': '' })])).toBe('');
});

test('files of folders below are applied with -R, and other folders as they are', () => {
  const said = inWords(
    output({ manifests: [content('x', { 'a/b.yaml': '' }), content('y', { 'b.yaml': '' })] }),
    1.26,
  );
  expect(said).toBe(`Wrote 1 file to x and 1 file to y in 1.3 s:
  x/a/b.yaml
  y/b.yaml
Next:
  kubectl apply -R -f x
  kubectl apply -f y
`);
});

test('of many files eight are listed, and the others counted; of eight none is left out', () => {
  const files = (count: number) =>
    output({
      manifests: [
        content('x', Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.yaml`, '']))),
      ],
    });
  const eight = inWords(files(8), 1).split('\n');
  expect(eight.filter((line) => line.startsWith('  x/'))).toHaveLength(8);
  expect(eight.join()).not.toContain('more');
  const ten = inWords(files(10), 1).split('\n');
  expect(ten[0]).toBe('Wrote 10 files to x in 1.0 s:');
  expect(ten.filter((line) => line.startsWith('  x/'))).toHaveLength(8);
  expect(ten).toContain('  and 2 more');
});

test('a folder that two Apps write to is told once, with the files of both in their order', () => {
  const manifests = [content('x', { 'b.yaml': '' }), content('x', { 'a.yaml': '' })];
  expect(inWords(output({ manifests }), 1)).toBe(
    'Wrote 2 files to x in 1.0 s:\n  x/a.yaml\n  x/b.yaml\nNext:\n  kubectl apply -f x\n',
  );
});

test('the folder of this process is a dot, and one outside of it is told whole', () => {
  const outside = path.resolve('..', 'elsewhere');
  const manifests = [content('.', { 'a.yaml': '' }), content(outside, { 'b.yaml': '' })];
  const said = inWords(output({ manifests }), 1).split('\n');
  expect(said[0]).toBe(`Wrote 1 file to . and 1 file to ${outside} in 1.0 s:`);
  expect(said).toContain(`  kubectl apply -f ${outside}`);
});

test('each chart is installed from its own folder, with the Secrets that it needs', () => {
  const said = inWords(
    output({
      beside: [content('one', { 'web/Chart.yaml': '' }), content('two', { 'db/Chart.yaml': '' })],
      charts: [
        { name: 'web', needs: [] },
        {
          name: 'db',
          needs: [
            { value: 'admin.existingSecret', secret: 'db-admin' },
            { value: 'tls', secret: 'db-tls' },
          ],
        },
      ],
    }),
    2,
  );
  expect(said).toBe(`Wrote 2 charts to one and two in 2.0 s:
  one/web
  two/db
Next, either of:
  helm install web one/web
  helm install db two/db \\
    --set admin.existingSecret=db-admin \\
    --set tls=db-tls
`);
});

test('examples of Secrets are to be filled in first; other files beside them are no examples', () => {
  const files = { 'web.example.yaml': '', 'web.env': '', 'a.example.yaml': '' };
  const manifests = [content('x', { 'a.yaml': '' })];
  const said = inWords(
    output({ manifests, beside: [content('secrets', files), content('other', { 'a.yaml': '' })] }),
    1,
  );
  expect(
    said,
  ).toContain(`The pods need Secrets. Fill in these, keep them out of version control, and apply them first:
  kubectl apply -f secrets/a.example.yaml
  kubectl apply -f secrets/web.example.yaml
Next:
`);
  expect(said).not.toContain('other');
  expect(inWords(output({ manifests }), 1)).not.toContain('Secrets');
});

test('of many charts eight are installed by an example', () => {
  const names = Array.from({ length: 10 }, (_, at) => `c${at}`);
  const beside = [content('charts', Object.fromEntries(names.map((name) => [`${name}/Chart.yaml`, ''])))];
  const said = inWords(output({ beside, charts: names.map((name) => ({ name, needs: [] })) }), 1).split('\n');
  expect(said.filter((line) => line.startsWith('  helm install '))).toHaveLength(8);
  expect(said).toContain('  and 2 more');
});
