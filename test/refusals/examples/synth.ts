import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiObject, Chart, YamlOutputType } from 'cdk8s';
import { readObjects } from '../../../check';
import { outputOf } from '../../../cli/app-output';
import { explainCommand } from '../../../cli/explain';
import { givenValues, refuseValuesOfNoChart } from '../../../cli/given-values';
import { readAppConfig } from '../../../cli/synth-config';
import { App, Testing } from '../../../core/synth';
import { HelmChart, KubeObject } from '../../../core/tree';
import { defineValues, value } from '../../../core/values';
import { type Examples, on, PLANTED, removing, withVariables } from '../example';

const doc = 'd';
const silent = { out: () => undefined, err: () => undefined };
const config = (scope: Chart, id: string, name = id) =>
  new KubeObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

/** Something that is done in a folder of its own, which may hold a file. */
const inFolder = (what: string, run: (folder: string) => unknown, file?: readonly [string, string]) =>
  on(what, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-refusals-'));
    if (file) writeFileSync(path.join(folder, file[0]), file[1]);
    return removing(folder, () => run(folder));
  });

/** A program that `drydock synth` runs. */
const driven = (what: string, app: string) =>
  inFolder(what, (folder) =>
    outputOf({ app, output: folder, isOutputNamed: true, hasValidations: false }, folder, {}, silent),
  );

const shop = (app: App, more: object = {}) => new HelmChart(app, 'shop', { description: 'd', ...more });
const secretValues = () => defineValues({ login: value.secret({ doc, keys: { password: doc } }) });

/** From the tree to files, and the commands that do it. */
export const synthExamples: Examples = {
  APP_FAILED: driven('a program that ends with an error', 'node -e "process.exit(3)"'),
  BAD_CONFIG: inFolder('a cdk8s.yaml whose output is a list', (folder) => readAppConfig(folder, {}), [
    'cdk8s.yaml',
    'app: node main.js\noutput: [a]\n',
  ]),
  CANNOT_CHECK: inFolder(
    'a text where manifests are expected',
    (folder) => readObjects(path.join(folder, 'one.yaml')),
    ['one.yaml', `password ${PLANTED}\n`],
  ),
  CANNOT_WRITE: inFolder(
    'a file where a folder should be',
    (folder) => {
      const app = new App({ outdir: path.join(folder, 'taken', 'manifests') });
      config(shop(app), 'a');
      app.synth();
    },
    ['taken', ''],
  ),
  INVALID_OBJECT: on('a field that no API server takes', () => {
    const app = Testing.app();
    new ApiObject(shop(app), 'web', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web' },
      dta: {},
    });
    app.synthYaml();
  }),
  NOTHING_WRITTEN: driven('a program without an App', 'node -e 0'),
  NO_APP: inFolder('a folder without cdk8s.yaml', (folder) => readAppConfig(folder, {})),
  NO_DRYDOCK_APP: on('`drydock explain` of a program without an App', () =>
    explainCommand(['--app', 'node -e 0'], silent as never),
  ),
  OBJECT_WOULD_BE_LOST: on('two objects in one file', () => {
    const app = Testing.app({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    const metadata = { name: 'same', namespace: 'a' };
    const chart = new Chart(app, 'plain');
    new ApiObject(chart, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    new ApiObject(chart, 'b', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, namespace: 'b' },
    });
    app.synth();
  }),
  PATH_TOO_LONG: on('an id that is too long for the archive of a chart', () => {
    const app = Testing.app();
    config(shop(app), 'a'.repeat(120), 'one');
    app.synth();
  }),
  SAME_FILE: on('two constructs whose ids differ in a sign only', () => {
    const chart = shop(Testing.app());
    config(chart, 'web_1');
    config(chart, 'web.1', 'other');
    Testing.helmChart(chart);
  }),
  SECRET_IN_ENVIRONMENT: on('a secret in an environment of a chart', () =>
    shop(Testing.app(), { values: secretValues(), environments: { prod: { login: { password: PLANTED } } } }),
  ),
  SECRET_IN_PLAIN: inFolder(
    'a secret in the values of plain YAML',
    (folder) =>
      withVariables({ DRYDOCK_VALUES: path.join(folder, 'values.json') }, () => {
        const app = Testing.app();
        shop(app, { values: secretValues() });
        app.synthYaml();
      }),
    ['values.json', JSON.stringify({ values: { '*': { login: { password: PLANTED } } } })],
  ),
  UNKNOWN_ENVIRONMENT: on('an environment that is misspelt', () =>
    withVariables({ DRYDOCK_ENV: 'prdo' }, () => {
      const app = Testing.app();
      shop(app, { environments: { prod: {} } });
      app.synthYaml();
    }),
  ),
  VALUES_FILE: inFolder(
    'a values file that is no YAML',
    (folder) => givenValues([path.join(folder, 'values.yaml')], folder),
    ['values.yaml', `password: [${PLANTED}`],
  ),
  VALUES_INVALID: on('a value of the wrong type', () =>
    shop(Testing.app(), {
      values: defineValues({ replicas: value.integer({ default: 1, doc }) }),
      environments: { prod: { replicas: 'three' } },
    }),
  ),
  VALUES_OF_NO_CHART: inFolder(
    'values for a chart that is misspelt',
    (folder) =>
      refuseValuesOfNoChart(givenValues([`shpo=${path.join(folder, 'one.yaml')}`], folder), [
        'shop',
        'hello',
      ]),
    ['one.yaml', 'tag: "1"\n'],
  ),
};
