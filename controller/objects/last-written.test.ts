import type { KubeObject, Stored } from '../../kube';
import { LastWritten } from './last-written';

const version = (resourceVersion: string, uid = 'u') =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', uid, resourceVersion },
  }) as Stored<KubeObject>;

test.each([
  ['the watch is behind', version('9'), '10'],
  ['a version of more digits', version('99'), '100'],
  ['the watch is there', version('10'), '10', true],
  ['the watch is ahead', version('11'), '10', true],
  ['it was made anew', version('9', 'other'), '10', true],
  ['the server has no numbers', version('9'), 'b', true],
  ['the watch has no numbers', version('a'), '10', true],
  ['it is gone', undefined, '10', true],
])('%s', (_title, told, written, isTold = false) => {
  const last = new LastWritten();
  last.note('a', version(written));
  expect(last.newest('a', told)).toEqual(isTold ? told : version(written));
});

test('once the watch was there, what was written is forgotten', () => {
  const last = new LastWritten();
  last.note('a', version('10'));
  last.newest('a', version('10'));
  expect(last.newest('a', version('9'))).toEqual(version('9'));
});
