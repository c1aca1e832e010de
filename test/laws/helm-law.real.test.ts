import fc from 'fast-check';
import { DrydockError } from '../../core/template';
import { LawEngine } from './engine';
import { build } from './generate/build';
import { givenFor } from './generate/given';
import { programs } from './generate/programs';
import { runHelmLaw } from './generate/run-helm-law';
import { HelmBinary } from './helm-binary';
import { filesOf, helmInputs } from './helm-law';

jest.setTimeout(900_000);

const CASES = 2_000;

test(`the Helm law holds for ${CASES} sets of values over generated charts, under helm 4 and 3`, async () => {
  const engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
  try {
    const tally = await runHelmLaw(engines, { cases: CASES, seed: 20_261_121 });
    expect(tally.cases).toBeGreaterThanOrEqual(CASES);
    // Values that both sides refuse say little about what is printed.
    expect(tally.accepted / tally.cases).toBeGreaterThanOrEqual(0.6);
    expect(tally.refusedPrograms / tally.programs).toBeLessThan(0.25);
    const often = [...tally.features].filter(([, cases]) => cases >= 20).map(([feature]) => feature);
    expect(often).toEqual(expect.arrayContaining(EXERCISED));
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});

/** What the run has to have gone through; a generator that loses one of them is seen. */
const EXERCISED = [
  ...['value', 'item', 'key', 'builtin', 'concat', 'if', 'if without else', 'and', 'or', 'not'],
  ...['isSet', 'isEmpty', 'orElse', 'range', 'merge', 'splice', 'compact', 'length', 'join', 'fragment'],
  ...['filter', 'some', 'keys', 'first', 'bytes'],
  ...['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'contains'].map((how) => `compare: ${how}`),
  ...[
    'lower',
    'upper',
    'b64enc',
    'sha256sum',
    'shortHash',
    'labelValue',
    'trimPrefix',
    'trimSuffix',
    'truncate',
  ].map((how) => `text: ${how}`),
  ...['string', 'pattern', 'oneOf', 'cpu', 'memory', 'image', 'duration', 'dnsName'].map(
    (one) => `value: ${one}`,
  ),
  ...['integer', 'small', 'big', 'number', 'port', 'boolean', 'list', 'map', 'object', 'raw', 'secret'].map(
    (one) => `value: ${one}`,
  ),
  ...['required', 'default', 'optional', 'optional with default'].map((one) => `presence: ${one}`),
  ...[
    'secret key that is no word',
    'field that is no word',
    'value with a capital',
    'value that every object has',
  ].map((one) => `name: ${one}`),
  ...['doc of several lines', 'description of several lines'].map((one) => `text: ${one}`),
  ...[
    'value: generated pattern',
    'value: generated choices',
    'value: bounded',
    'value: field with a default',
  ],
  ...['guard: when', 'guard: forEach', 'assertion', 'printed: with and toYaml'],
];

test.each(['helm-4', 'helm-3'] as const)(
  'the engine and the real %s binary agree on a sample of generated charts',
  async (version) => {
    const engine = await LawEngine.start(version);
    const helm = await HelmBinary.open(version);
    let accepted = 0;
    try {
      for (const [index, program] of fc.sample(programs, { numRuns: 40, seed: 7 }).entries()) {
        const sample = sampleOf(program, index);
        if (!sample) continue;
        const { files, inputs } = sample;
        const rendered = await engine.render({ files }, inputs);
        const run = await helm.template(helm.write(files), inputs);
        expect(run.code === 0).toBe(rendered.ok);
        if (!rendered.ok) continue;
        const parsed = await engine.parse(run.stdout);
        const objects = parsed.ok ? parsed.objects.map(({ object }) => object) : parsed;
        expect(objects).toEqual(rendered.objects.map(({ object }) => object));
        accepted++;
      }
    } finally {
      await engine.stop();
      helm.close();
    }
    expect(accepted).toBeGreaterThan(10);
  },
);

function sampleOf(program: Parameters<typeof build>[0], seed: number) {
  try {
    const generated = build(program);
    const files = Object.fromEntries(filesOf(generated.chart));
    const given = givenFor(generated, seed);
    // The binary knows no revision but 1.
    return { files, inputs: helmInputs('law', { ...given, release: { ...given.release, revision: 1 } }) };
  } catch (error) {
    if (error instanceof DrydockError) return undefined;
    throw error;
  }
}
