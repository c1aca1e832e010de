import { ALLOWED_IMAGE_PATTERN, IMAGE_PATTERN, isAllowedImage, isImage, letsRun } from './image-reference';

const DIGEST = `@sha256:${'0'.repeat(64)}`;

test.each([
  'busybox:1',
  'registry.example.com:5000/a/b:1e3',
  `registry.example.com/ci/tools:1.0${DIGEST}`,
  `x${DIGEST}`,
  'a/b_c/d__e/f--g:1',
])('%s is an image', (text) => expect(isImage(text)).toBe(true));

test.each([
  '',
  'busybox',
  'a:1,b:1',
  ' a:1',
  'a:1 ',
  'a:1\n',
  'A:1',
  'registry.example.com/ci/../x:1',
  'registry.example.com//x:1',
  '/x:1',
  'x:5000/y/z:5000/a:1',
  `x@sha256:${'0'.repeat(63)}`,
  'registry.example.com/ci/*',
])('%j is no image', (text) => expect(isImage(text)).toBe(false));

test.each(['registry.example.com/ci/*', 'registry.example.com:5000/*', 'ci/*', 'busybox:1', `x:1${DIGEST}`])(
  '%s may be an entry of a list',
  (entry) => expect(isAllowedImage(entry)).toBe(true),
);

test.each([
  '',
  '*',
  '/*',
  'reg.example.com*',
  'reg.example.com/ci*',
  'reg.example.com/ci:*',
  'reg.example.com/ci@*',
  'reg.example.com/*/x:1',
  'reg.example.com/**',
  'reg.example.com//*',
  'a,b',
  'a:1,b:1',
  'busybox',
])('%j may not', (entry) => expect(isAllowedImage(entry)).toBe(false));

test.each([
  ['reg.example.com/*', 'reg.example.com/miner:1', true],
  ['reg.example.com/*', 'reg.example.com.evil.net/miner:1', false],
  ['reg.example.com*', 'reg.example.com.evil.net/miner:1', false],
  ['reg.example.com*', 'reg.example.com/miner:1', false],
  ['reg.example.com/ci/*', 'reg.example.com/cigar/x:1', false],
  ['reg.example.com/ci/*', 'reg.example.com/ci:1', false],
  ['reg.example.com/ci/*', 'reg.example.com/ci/a/b:1', true],
  ['reg.example.com/ci/*', 'reg.example.com/ci/a', false],
  ['a:1', 'a:1', true],
  ['a:1', 'a:10', false],
  ['a:1,b:1', 'b:1', false],
])('%j decides of %s: %s', (entry, image, runs) => expect(letsRun([entry], image)).toBe(runs));

test('patterns begin and end where the text does', () => {
  for (const pattern of [IMAGE_PATTERN, ALLOWED_IMAGE_PATTERN]) expect(pattern).toMatch(/^\^.*\$$/);
});
