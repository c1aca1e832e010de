import fc from 'fast-check';
import { checkPattern } from '../../core/values/pattern';
import { matchesPattern } from '../../core/values/pattern-matcher';
import { matching, patternSpecs, patternText } from './generate/pattern-spec';
import { Random } from './generate/random';

test('a pattern means what it means to JavaScript, for texts that fit and texts that nearly do', () => {
  let fitting = 0;
  let refused = 0;
  fc.assert(
    fc.property(patternSpecs, fc.nat(), fc.string({ maxLength: 6, unit: 'binary' }), (parts, seed, other) => {
      const pattern = patternText(parts);
      fc.pre(isPortable(pattern));
      const fits = matching(parts, new Random(seed));
      // Short ones, for JavaScript may take for ever with others.
      const texts = [
        other,
        ...(fits.length > 12 ? [] : [fits, `${fits}a`, fits.slice(1), fits.slice(0, -1)]),
      ];
      const regexp = new RegExp(pattern, 'u');
      for (const text of texts) {
        if (/\p{Surrogate}/u.test(text)) continue;
        expect({ pattern, text, fits: matchesPattern(pattern, text) }).toEqual({
          pattern,
          text,
          fits: regexp.test(text),
        });
        if (regexp.test(text)) fitting++;
        else refused++;
      }
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(fitting, refused)).toBeGreaterThan(300);
});

function isPortable(pattern: string): boolean {
  try {
    checkPattern(pattern, 'here');
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['^(a*)*$', 'a'.repeat(40)],
  ['^([a-z0-9]+)*$', 'a'.repeat(40)],
  ['^(?:[*-z]{0,20}|\\w){0,20}_$', 'registry.example.com/app:1.0.0'],
  ['^([a-z]{1,3}|[a-z])*$', 'ab'.repeat(20_000)],
])('%s takes no longer for a text that does not fit than for one that does', (pattern, text) => {
  const began = performance.now();
  expect(matchesPattern(pattern, `${text}!`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(3000);
});

test.each([
  ['^(a*)*$', ['', 'aaa'], ['b', 'ab']],
  ['^(?:ab|c){2,3}$', ['abc', 'ccab', 'ababab'], ['ab', 'cccc', '']],
  ['^([\\]\\-a]+\\.?)+$', [']-.a', 'a.'], ['.', 'b']],
  ['^(é|😀){1,}?x$', ['é😀x'], ['x', '😀']],
])('%s', (pattern, fitting, others) => {
  for (const text of fitting) expect([text, matchesPattern(pattern, text)]).toEqual([text, true]);
  for (const text of others) expect([text, matchesPattern(pattern, text)]).toEqual([text, false]);
});
