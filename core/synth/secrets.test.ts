import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HelmChart, KubeObject } from '../tree';
import { defineValues, value } from '../values';
import { App } from './app';

function synth(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-secrets-'));
  const values = defineValues({
    database: value.secret({
      doc: 'Where the data is',
      keys: { url: 'Connection string', password: 'Password' },
    }),
  });
  const app = new App({ outdir: path.join(folder, 'manifests') });
  const chart = new HelmChart(app, 'todo', { description: 'd', values });
  new KubeObject(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config' },
    data: { secret: chart.secretKeyRef(values.database.key('url')).name },
  });
  app.synth();
  return folder;
}

test('plain YAML names a Secret and holds none; an example to fill in is written outside of it', () => {
  const folder = synth();
  const manifests = readFileSync(path.join(folder, 'manifests/todo.k8s.yaml'), 'utf8');
  expect(manifests).toContain('secret: todo-database');
  expect(manifests).not.toContain('kind: Secret');
  expect(readdirSync(path.join(folder, 'manifests'))).toEqual(['todo.k8s.yaml']);
  expect(readFileSync(path.join(folder, 'secrets/todo.example.yaml'), 'utf8')).toMatch(
    /name: todo-database\ntype: Opaque\nstringData:\n {2}url: ""\n {2}password: ""/,
  );
  expect(readFileSync(path.join(folder, 'secrets/todo.env.example'), 'utf8')).toMatch(
    /--from-env-file=COPY\n.*\n\n# Connection string\nurl=\n\n# Password\npassword=\n$/,
  );
});

test('the chart makes the Secret only of given keys', () => {
  const template = readFileSync(path.join(synth(), 'charts/todo/templates/database-secret.yaml'), 'utf8');
  expect(template.split('\n')[0]).toBe(
    '{{- if and (and (eq .Values.database.existingSecret "") (hasKey .Values.database "url")) (hasKey .Values.database "password") }}',
  );
});

describe('a secret among the values of plain YAML', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-secrets-'));
  const file = path.join(folder, 'given.json');
  const app = () => {
    writeFileSync(file, JSON.stringify({ values: { '*': { database: { url: 'hush-hush' } } } }));
    process.env.DRYDOCK_VALUES = file;
    try {
      const made = new App({ outdir: path.join(folder, 'manifests') });
      const values = defineValues({ database: value.secret({ doc: 'd', keys: { url: 'd' } }) });
      new HelmChart(made, 'todo', { description: 'd', values });
      return made;
    } finally {
      delete process.env.DRYDOCK_VALUES;
    }
  };

  test.each(['synth', 'synthYaml'] as const)(
    '%s refuses it, shows it nowhere and writes nothing',
    (method) => {
      let refused: unknown;
      try {
        app()[method]();
      } catch (error) {
        refused = error;
      }
      expect(refused).toMatchObject({ code: 'SECRET_IN_PLAIN', where: 'todo' });
      expect(String(refused)).not.toContain('hush-hush');
      expect(readdirSync(folder)).toEqual(['given.json']);
    },
  );
});

test('a program without secrets writes no folder for them', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-secrets-'));
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new HelmChart(app, 'todo', { description: 'd' });
  app.synth();
  expect(existsSync(path.join(folder, 'secrets'))).toBe(false);
});

test.each([
  ['a secret in an environment', { database: { url: 'x' } }, 'SECRET_IN_ENVIRONMENT'],
  ['an unknown value in an environment', { databas: {} }, 'VALUES_INVALID'],
])('refuses %s and does not show it', (_, prod, code) => {
  const values = defineValues({ database: value.secret({ doc: 'd', keys: { url: 'd' } }) });
  const make = () =>
    new HelmChart(new App({ outdir: 'unused' }), 'todo', {
      description: 'd',
      values,
      environments: { prod: prod as never },
    });
  expect(make).toThrow(expect.objectContaining({ code }));
});

test('an error about a secret does not show it', () => {
  const values = defineValues({ database: value.secret({ doc: 'd', keys: { url: 'd' } }) });
  try {
    values.parse({ database: { url: 12345678 } } as never);
    throw new Error('not refused');
  } catch (error) {
    expect(String(error)).toContain('database.url: found a number, expected a text');
    expect(String(error)).not.toContain('12345678');
  }
});
