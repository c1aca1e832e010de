import { parseManifests } from '../read';
import { ALIASED_BYTES } from './unsound';

const refusal = (text: string) => {
  try {
    parseManifests(text, 'x');
  } catch (error) {
    return (error as { readonly found?: string }).found;
  }
  return 'accepted';
};

const long = 'y'.repeat(1024);
const uses = (count: number) => `kind: A\nv: &v ${long}\nall: [${Array(count).fill('*v').join(', ')}]\n`;

test.each([
  ['an alias without its anchor', 'kind: A\nv: *a\n', 'line 2, column 4', 'kind: A\na: &a 1\nv: *a\n'],
  ['an alias before its anchor', 'kind: A\nv: *a\na: &a 1\n', 'line 2, column 4', 'kind: A\na: &a 1\nv: *a'],
  [
    'an alias of what it is in',
    'kind: A\nv: &a { b: *a }\n',
    'line 2, column 12',
    'kind: A\nv: &a { b: 1 }\n',
  ],
  ['aliases of a long text', uses(ALIASED_BYTES / 1024 + 1), 'line 3, column', uses(5_000)],
  ['a key twice', 'kind: A\nb: 1\nb: 2\n', 'line 3, column 1', 'kind: A\nb: 1\nc: 2\n'],
  [
    'a number and its text as keys',
    'kind: A\nv: { 1: a, "1": b }\n',
    'line 2, column',
    'kind: A\nv: { 1: a, "2": b }',
  ],
  ['a list as a key', 'kind: A\nv: { [a]: b }\n', 'line 2, column', 'kind: A\nv: { "[a]": b }'],
])('%s is told by its line', (_what, text, line, twin) => {
  expect(refusal(text)).toContain(line);
  expect(refusal(twin)).toBe('accepted');
});

test('an anchor that is given again names what was last given it, and a map may be merged twice', () => {
  const text = 'kind: A\none: &a { x: 1 }\ntwo: *a\nthree: &a { z: 2 }\nfour: { <<: *a, <<: *a, b: *a }\n';
  expect(parseManifests(text, 'x')[0]?.object).toEqual({
    ...{ kind: 'A', one: { x: 1 }, two: { x: 1 }, three: { z: 2 } },
    four: { z: 2, b: { z: 2 } },
  });
});

test('the time for the keys of a map grows with their number, not with its square', () => {
  const keys = (count: number) =>
    `kind: A\nv:\n${Array.from({ length: count }, (_, at) => `  k${at}: 1\n`).join('')}`;
  const timeOf = (text: string) => {
    const began = performance.now();
    parseManifests(text, 'x');
    return performance.now() - began;
  };
  timeOf(keys(2_000));
  const ratio = timeOf(keys(32_000)) / timeOf(keys(4_000));
  expect(ratio).toBeLessThan(32);
});
