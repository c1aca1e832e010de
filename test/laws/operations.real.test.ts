import type { JsonObject } from '../../core/template';
import type { HelmChart } from '../../core/tree';
import { LawEngine } from './engine';
import { HelmLaw } from './helm-law';
import { GIVEN, operationsChart } from './operations';
import { GIVEN as OPTIONAL, withOptionalValues } from './optional-props';

jest.setTimeout(300_000);

test.each<[string, () => HelmChart, readonly unknown[]]>([
  ['every operation', operationsChart, GIVEN],
  ['every prop that takes an optional value', withOptionalValues, OPTIONAL],
])('helm makes of %s what evaluate makes of it, under helm 4 and 3', async (_, chart, given) => {
  const engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
  try {
    const law = await HelmLaw.of(chart(), ...engines);
    const outcomes = [];
    for (const values of given) outcomes.push(await law.expect({ values: values as JsonObject }));
    expect(outcomes).toEqual(given.map(() => 'equal'));
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});
