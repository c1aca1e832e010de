import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as commands from '../cli/deploy/commands';

const folder = mkdtempSync(path.join(tmpdir(), 'bundle-deploy-commands-'));
const place = path.join(folder, 'cli', 'deploy');

beforeAll(() => {
  const script = path.join(__dirname, 'bundle-deploy-commands.ts');
  execFileSync(process.execPath, ['--import', require.resolve('tsx'), script, folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = (file = 'deploy/commands.js') => readFileSync(path.join(folder, 'cli', file), 'utf8');
/** What it requires beside Node's own, at once or later. */
const required = (file?: string) =>
  [...new Set([...text(file).matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name as string))]
    .filter((name) => !isBuiltin(name))
    .sort();

test('all that it needs is in it but what few runs need, the credentials, which others need too, and a class of its caller', () => {
  expect(required()).toEqual(['../../kube/vendor/kube-config.cjs', '../command', './app-objects']);
});

test('what starts every command is one file, which asks for a command when it is named, and for the class that all throw', () => {
  expect(text('main.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const files = ['check', 'cluster', 'explain', 'gitops', 'sandbox', 'synth', 'verify-installation'];
  expect(required('main.js')).toEqual(
    ['./command', './deploy/commands', ...files.map((name) => `./${name}`)].sort(),
  );
});

test('it gives the same names as the file whose place it takes', () => {
  const [, names = ''] = /^0 && \(module\.exports = \{([^}]*)\}\)/m.exec(text()) ?? [];
  expect(names.split(',').map((name) => name.trim())).toEqual(Object.keys(commands));
});

test('the licences of the packages that are in it are beside it', () => {
  expect(readFileSync(path.join(place, 'THIRD-PARTY.txt'), 'utf8')).toMatch(/^yaml \d[^,]*, ISC$/m);
});
