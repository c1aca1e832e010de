import path from 'node:path';
import { buildSync } from 'esbuild';

const root = path.resolve(__dirname, '..');

/** All that a file loads before it does anything: of this repository and of packages, as their names. */
function loadedBy(file: string): string[] {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    packages: 'external',
    external: ['*.cjs'],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const loaded = new Set([file]);
  for (const one of loaded) {
    for (const { path: to, kind, external } of metafile.inputs[one]?.imports ?? []) {
      // What is required inside a function, or imported by one, is loaded when it is called.
      if (kind === 'import-statement') loaded.add(external ? `package ${to}` : to);
    }
  }
  return [...loaded].sort();
}
const packages = (file: string) =>
  loadedBy(file)
    .filter((one) => one.startsWith('package ') && !one.startsWith('package node:'))
    .map((one) => one.slice('package '.length));
const rooms = (file: string) =>
  loadedBy(file).filter((one) =>
    /^(constructs|charts|apps|sandbox|core\/(synth|helm|tree|values|schema|template))\//.test(one),
  );

test('the command line itself loads no package', () => {
  expect(packages('cli/main.ts')).toEqual([]);
  expect(rooms('cli/main.ts')).toEqual([]);
});

test.each(['apply', 'diff', 'status', 'history', 'rollback', 'delete'])(
  'drydock %s begins without cdk8s, the printers and WebSockets: a person waits for it',
  (command) => {
    expect(packages(`cli/deploy/${command}.ts`)).toEqual(['yaml']);
    expect(rooms(`cli/deploy/${command}.ts`)).toEqual([]);
  },
);

test('an app is run by what is loaded for it', () => {
  expect(packages('cli/deploy/app-objects.ts')).toContain('cdk8s');
});
