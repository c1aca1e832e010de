import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Helm } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { tool } from '../../cluster/tools/tool';
import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';

jest.setTimeout(120_000);

const PODINFO = path.join(__dirname, '../../bench/backend/podinfo/helm');
const values = defineValues({
  tag: value.string({ default: '6.9.1', pattern: '^[0-9.]+$', doc: 'Its tag' }),
});

/** A chart of others, which cdk8s renders when the program runs; a text of it is set at installation all the same. */
function shop(helmExecutable: string): HelmChart {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'd', values });
  new Helm(chart, 'podinfo', {
    chart: PODINFO,
    releaseName: 'shop',
    helmExecutable,
    values: { image: { tag: values.tag.asString() } },
  });
  return chart;
}

test('a chart of others is a part of ours, in plain YAML and in the printed chart alike, with our values in its texts', async () => {
  const helm = await tool('helm-4');
  const chart = shop(helm);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-chart-of-others-'));
  try {
    for (const [file, text] of Object.entries(Testing.helmChart(chart))) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const said = ['template', 'shop', folder, '--set', 'tag=6.10.0', '--kube-version', '1.34.0'];
    const printed = parseAllDocuments(execFileSync(helm, said, { encoding: 'utf8' })).map((one) =>
      one.toJS(),
    );
    const ours = Testing.synth(chart, { values: { tag: '6.10.0' }, release: { name: 'shop' } });
    const sorted = (objects: unknown[]) => objects.map((one) => JSON.stringify(one)).sort();
    expect(sorted(printed)).toEqual(sorted(ours as unknown[]));
    expect(JSON.stringify(printed)).toContain('ghcr.io/stefanprodan/podinfo:6.10.0');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
