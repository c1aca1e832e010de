import type { JsonObject } from '../../core/template';
import { LawEngine } from './engine';
import { HelmLaw } from './helm-law';
import { GIVEN, operationsChart } from './operations';

jest.setTimeout(300_000);

test('helm makes of every operation what evaluate makes of it, under helm 4 and 3', async () => {
  const engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
  try {
    const law = await HelmLaw.of(operationsChart(), ...engines);
    const outcomes = [];
    for (const values of GIVEN) outcomes.push(await law.expect({ values: values as JsonObject }));
    expect(outcomes).toEqual(GIVEN.map(() => 'equal'));
  } finally {
    await Promise.all(engines.map((engine) => engine.stop()));
  }
});
