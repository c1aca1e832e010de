import fc from 'fast-check';
import { volumeNameOf } from './volume-name';

test.each([
  ['/tmp', 'file-tmp'],
  ['/etc//app/conf.d/', 'file-etc-app-conf-d'],
  ['/Var/Lib_1', 'file-var-lib-1'],
  ['/_', 'file'],
  // The cut is at a dash, which no name ends with.
  [`/${'x'.repeat(57)}/y`, `file-${'x'.repeat(57)}`],
  [`/${'x'.repeat(80)}`, `file-${'x'.repeat(58)}`],
])('the volume of %s is called %s', (path, name) => {
  expect(volumeNameOf('file', path)).toBe(name);
});

test('whatever the path, it is a name that Kubernetes takes, and begins with what the volume is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (path) => {
      expect(volumeNameOf('host', `/${path}`)).toMatch(/^host(-[a-z0-9]+)*$/);
      expect(volumeNameOf('host', `/${path}`).length).toBeLessThanOrEqual(63);
    }),
  );
});
