import { bootCommand } from '../supervisor';
import { orphanMsOf } from './orphan-ttl';

test.each([
  [undefined, 20_000],
  [0, 0],
  [90, 90_000],
  ['none', undefined],
] as const)('an orphanTtl of %p is %p ms', (given, ms) => {
  expect(orphanMsOf('claim', given)).toBe(ms);
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '20', null, {}, 'never'])(
  'an orphanTtl of %p is refused',
  (given) => {
    expect(() => orphanMsOf('claim', given as number)).toThrow(
      expect.objectContaining({ name: 'SandboxError', code: 'ArgumentInvalid', where: 'claim' }),
    );
  },
);

test('the supervisor is told how long, and nothing where it is to leave the sandbox alone', () => {
  expect(bootCommand('/w', 20_000).slice(4)).toEqual([expect.stringMatching(/^\/w\/\.drydock-/), '20000']);
  expect(bootCommand('/w', 0).slice(5)).toEqual(['0']);
  expect(bootCommand('/w')).toHaveLength(5);
});
