import fc from 'fast-check';
import { checkPattern } from '../../core/values/pattern';
import { DrydockError } from '../../errors';
import { LawEngine } from './engine';
import { matching, patternSpecs, patternText, wildPatterns } from './generate/pattern-spec';
import { Random } from './generate/random';

/** A pattern that `value.string` takes means the same to RE2, as helm's schema check has it, and to JavaScript. */

jest.setTimeout(600_000);

let engines: readonly LawEngine[];
beforeAll(async () => {
  engines = [await LawEngine.start('helm-4'), await LawEngine.start('helm-3')];
});
afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

/** Which of the texts helm refuses, or what it says of the pattern. */
async function refusedBy(
  engine: LawEngine,
  pattern: string,
  texts: readonly string[],
): Promise<number[] | string> {
  const properties = Object.fromEntries(texts.map((_, index) => [`t${index}`, { type: 'string', pattern }]));
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: patterns\nversion: 1.0.0\n',
    'values.schema.json': JSON.stringify({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties,
    }),
    'templates/a.yaml': 'a: b\n',
  };
  const answer = await engine.render(
    { files },
    { setJson: texts.map((text, index) => `t${index}=${JSON.stringify(text)}`) },
  );
  if (answer.ok) return [];
  const places = [...answer.message.matchAll(/at '\/t(\d+)'/g)].map(([, index]) => Number(index));
  return places.length > 0 ? places.sort((a, b) => a - b) : answer.message;
}

async function expectAlike(pattern: string, texts: readonly string[]): Promise<void> {
  const asJavaScript = new RegExp(pattern, 'u');
  const refused = texts.flatMap((text, index) => (asJavaScript.test(text) ? [] : [index]));
  for (const engine of engines)
    expect([pattern, await refusedBy(engine, pattern, texts)]).toEqual([pattern, refused]);
}

function isTaken(pattern: string): boolean {
  try {
    checkPattern(pattern, 'here');
    return true;
  } catch (error) {
    if (error instanceof DrydockError && error.code === 'PATTERN_NOT_PORTABLE') return false;
    throw error;
  }
}

const others = fc.array(
  fc.oneof(
    fc.constantFrom('', 'a', 'az', '0', '-', ']', '[a', '\\', '*', 'a\n', 'aa', '^'),
    fc.string({ maxLength: 4 }),
  ),
  { minLength: 4, maxLength: 6 },
);

test('a portable pattern is taken unless RE2 would multiply its repetitions, and all read it alike', async () => {
  let taken = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(patternSpecs, others, fc.nat(), async (spec, texts, seed) => {
      const pattern = patternText(spec);
      const fitting = Array.from({ length: 4 }, (_, index) => matching(spec, new Random(seed + index)));
      const helms = await refusedBy(engines[0] as LawEngine, pattern, ['']);
      expect(isTaken(pattern)).toBe(typeof helms !== 'string');
      if (typeof helms === 'string') {
        refused++;
        return;
      }
      taken++;
      for (const text of fitting) expect(new RegExp(pattern, 'u').test(text)).toBe(true);
      await expectAlike(pattern, [...fitting, ...texts]);
    }),
    { numRuns: 600 },
  );
  expect([taken > 300, refused > 3]).toEqual([true, true]);
});

test('whatever else is written between anchors is refused, or all read it alike', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(wildPatterns, others, async (pattern, texts) => {
      if (!isTaken(pattern)) return;
      taken++;
      await expectAlike(pattern, texts);
    }),
    { numRuns: 6_000 },
  );
  expect(taken).toBeGreaterThan(300);
});

test.each([
  ['nested repetitions that RE2 multiplies', '^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\\.){0,20}[a-z]{2,63}$'],
  ['a class that begins with its own end', '^[^][a]$'],
])('%s: helm and JavaScript disagree, so the pattern is refused', async (_, pattern) => {
  const texts = ['a', 'b', 'example.com'];
  const asJavaScript = texts.flatMap((text, index) => (new RegExp(pattern, 'u').test(text) ? [] : [index]));
  expect(await refusedBy(engines[0] as LawEngine, pattern, texts)).not.toEqual(asJavaScript);
  expect(isTaken(pattern)).toBe(false);
});
