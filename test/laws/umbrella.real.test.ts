import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { chartArchive } from '../../core/helm';
import { DrydockError } from '../../core/template';
import { LawEngine } from './engine';
import { build } from './generate/build';
import { givenFor } from './generate/given';
import type { GeneratedChart } from './generate/program';
import { runHelmLaw } from './generate/run-helm-law';
import { umbrellas } from './generate/umbrella-program';
import { HelmBinary } from './helm-binary';
import { filesOf, helmInputs } from './helm-law';

jest.setTimeout(900_000);

const CASES = 1_500;

test(`the Helm law holds for ${CASES} sets of values over generated umbrellas, under helm 4 and 3`, async () => {
  const engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
  try {
    const tally = await runHelmLaw(engines, { cases: CASES, seed: 20_261_122, of: 'umbrellas' });
    expect(tally.cases).toBeGreaterThanOrEqual(CASES);
    expect(tally.accepted / tally.cases).toBeGreaterThanOrEqual(0.45);
    expect(tally.refusedPrograms / tally.programs).toBeLessThan(0.5);
    const often = [...tally.features].filter(([, cases]) => cases >= 20).map(([feature]) => feature);
    expect(often).toEqual(expect.arrayContaining(EXERCISED));
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});

/** What the run has to have gone through; a generator that loses one of them is seen. */
const EXERCISED = [
  ...[
    ...['1 deep', '2 deep', 'alias', 'alone', 'always installed', 'left out', 'name with a dash'],
    ...['enabled', 'condition on another value', 'several conditions', 'tags', 'tags and conditions'],
    ...[
      'name that YAML takes for something else',
      'reads globals',
      'gets globals of its parent',
      'read by its parent',
    ],
  ].map((feature) => `subchart: ${feature}`),
  ...['file', 'two files', '--set', '--set-string', '--set-json'].map((way) => `given by: ${way}`),
];

/** Generated umbrellas that are not refused, each with one set of values. */
function sample(count: number) {
  return fc.sample(umbrellas, { numRuns: 3 * count, seed: 11 }).flatMap((program, index) => {
    const generated = buildOrRefuse(program);
    if (!generated) return [];
    const files = Object.fromEntries(filesOf(generated.chart));
    const given = givenFor(generated, index);
    // The binary knows no revision but 1, and an argument of a program holds no NUL.
    const inputs = helmInputs('law', { ...given, release: { ...given.release, revision: 1 } });
    const { set = [], setString = [] } = inputs;
    return [...set, ...setString].some((text) => text.includes('\0')) ? [] : [{ files, inputs }];
  });
}

function buildOrRefuse(program: Parameters<typeof build>[0]): GeneratedChart | undefined {
  try {
    const generated = build(program);
    filesOf(generated.chart);
    return generated;
  } catch (error) {
    if (error instanceof DrydockError) return undefined;
    throw error;
  }
}

describe.each(['helm-4', 'helm-3'] as const)('%s', (version) => {
  let engine: LawEngine;
  let helm: HelmBinary;
  beforeAll(async () => {
    engine = await LawEngine.start(version);
    helm = await HelmBinary.open(version);
  });
  afterAll(async () => {
    await engine.stop();
    helm.close();
  });

  test('the engine and the real binary agree on umbrellas, as a folder and as our archive', async () => {
    let accepted = 0;
    for (const { files, inputs } of sample(12)) {
      const rendered = await engine.render({ files }, inputs);
      const folder = helm.write(files);
      const archive = path.join(folder, 'law.tgz');
      writeFileSync(archive, chartArchive('law', new Map(Object.entries(files))));
      for (const chart of [folder, archive]) {
        const run = await helm.template(chart, inputs);
        expect(run.code === 0).toBe(rendered.ok);
        if (!rendered.ok) continue;
        const parsed = await engine.parse(run.stdout);
        const objects = parsed.ok ? parsed.objects.map(({ object }) => object) : parsed;
        expect(objects).toEqual(rendered.objects.map(({ object }) => object));
        accepted++;
      }
    }
    expect(accepted).toBeGreaterThan(8);
  });
});
