import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Construct } from 'constructs';
import { App } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { HelmBinary } from '../laws/helm-binary';

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-missing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serviceValues = defineValues({
  secrets: value.secret({ doc: 'd', keys: { TOKEN: 'd' } }),
});
class Service extends HelmChart<typeof serviceValues> {
  constructor(scope: Construct, id: string) {
    super(scope, id, { name: 'service', description: 'd', values: serviceValues });
  }
}
const middleValues = defineValues({ charts: value.subchart(serviceValues, { enabled: true }) });
class Middle extends HelmChart<typeof middleValues> {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'd', values: middleValues });
    new Service(this, 'charts');
  }
}
const outerValues = defineValues({
  'front-end': value.subchart(serviceValues, { enabled: true }),
  middle: value.subchart(middleValues, { enabled: true }),
});

beforeAll(() => {
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new Service(app, 'service');
  const outer = new HelmChart(app, 'charts', { description: 'd', values: outerValues });
  new Service(outer, 'front-end');
  new Middle(outer, 'middle');
  app.synth();
});

describe.each(['helm-4', 'helm-3'] as const)('%s', (version) => {
  const template = async (chart: string, ...set: string[]) => {
    const helm = await HelmBinary.open(version);
    try {
      return await helm.template(path.join(folder, 'charts', chart), { set, kubeVersion: 'v1.34.4' });
    } finally {
      helm.close();
    }
  };
  const said = (prefix: string) =>
    `Set ${prefix}secrets.TOKEN, or set ${prefix}secrets.existingSecret to the name of a Secret that has the keys TOKEN.`;

  test('a chart alone names its own values', async () => {
    const { stderr } = await template('service');
    expect(stderr).toContain(said(''));
    expect(await template('service', 'secrets.existingSecret=mine')).toMatchObject({ code: 0, stderr: '' });
  });

  test('a subchart names them as the chart that is installed takes them, and obeying is right', async () => {
    const wanted = ['front-end.', 'middle.charts.'];
    const given = wanted.map((prefix) => `${prefix}secrets.existingSecret=mine`);
    for (const [index, prefix] of wanted.entries())
      expect((await template('charts', given[1 - index] as string)).stderr).toContain(said(prefix));
    expect(await template('charts', ...given)).toMatchObject({ code: 0, stderr: '' });
  });
});
