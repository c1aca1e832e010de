import fc from 'fast-check';
import { checkPattern } from '../../core/values/pattern';
import { matchesPattern, passThrough } from '../../core/values/pattern-matcher';
import { matching, patternSpecs, patternText, waysThrough } from './generate/pattern-spec';
import { Random } from './generate/random';

test('a pattern means what it means to JavaScript, for texts that fit and texts that nearly do', () => {
  let fitting = 0;
  let refused = 0;
  fc.assert(
    fc.property(patternSpecs, fc.nat(), fc.string({ maxLength: 6, unit: 'binary' }), (parts, seed, other) => {
      const pattern = patternText(parts);
      // JavaScript may take for ever with others.
      fc.pre(isPortable(pattern) && waysThrough(parts) < 1e6);
      const fits = matching(parts, new Random(seed));
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

// Each has a text that JavaScript's engine would try in a number of ways that grows faster than the text.
test.each([
  ['^(a*)*$', 'a'],
  ['^([a-z0-9]+)*$', 'a'],
  ['^(?:[*-z]{0,20}|\\w){0,20}_$', 'registry.example.com/app'],
  ['^([a-z]{1,3}|[a-z])*$', 'ab'],
  ['^(a|aa){2}[a-z]*b$', 'a'],
  ['^(a|aa){2}b$', 'a'],
  ['^[a-z]*[a-z]*[a-z]*b$', 'a'],
  [`^${'(a|a)'.repeat(60)}b$`, 'a'],
  [`^${'a?'.repeat(60)}b$`, 'a'],
])('%s takes twice the work at most for a text of twice the length', (pattern, piece) => {
  const workFor = (pieces: number) => {
    const { fits, visited } = passThrough(pattern, `${piece.repeat(pieces)}!`);
    expect(fits).toBe(false);
    return visited;
  };
  for (const pieces of [5, 10, 20, 40]) expect(workFor(2 * pieces)).toBeLessThanOrEqual(2 * workFor(pieces)!);
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
