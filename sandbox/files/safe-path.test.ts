import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { linkStaysInside, refuseUnwritable } from './safe-path';

const folders = ['', 'd', 'd/d', 'd/d/d'];
const steps = fc.array(fc.constantFrom('..', '.', '', 'd', 'l', 'm', 'x'), { minLength: 1, maxLength: 6 });
const link = fc.record({ folder: fc.constantFrom(...folders), name: fc.constantFrom('l', 'm', 'n'), steps });

/** Where the system says that a link leads; `undefined` for nowhere and for a circle. */
function destination(at: string): string | undefined {
  try {
    return fs.realpathSync(at);
  } catch {
    return undefined;
  }
}

const isIn = (root: string, place: string) => `${place}/`.startsWith(`${root}/`);

/** Makes a link, and takes it away again when it is not one of those that stay inside. Says what it refused. */
function make(root: string, folder: string, name: string, target: string): string | undefined {
  const at = path.join(root, folder, name);
  if (target === '' || fs.lstatSync(at, { throwIfNoEntry: false })) return undefined;
  fs.symlinkSync(target, at);
  if (linkStaysInside(folder === '' ? 0 : folder.split('/').length, Buffer.from(target))) return undefined;
  const led = destination(at);
  fs.rmSync(at);
  return led;
}

test('of links that stay inside the system finds none that leads out, however they lead through each other', () => {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'drydock-links-')));
  const root = path.join(parent, 'root');
  // Something that is found by climbing too far.
  fs.mkdirSync(path.join(parent, 'd'));
  let [inside, refusedRightly] = [0, 0];
  fc.assert(
    fc.property(fc.array(link, { minLength: 1, maxLength: 8 }), (links) => {
      fs.rmSync(root, { recursive: true, force: true });
      fs.mkdirSync(path.join(root, 'd/d/d'), { recursive: true });
      for (const { folder, name, steps } of links) {
        const led = make(root, folder, name, steps.join('/'));
        if (led && !isIn(root, led)) refusedRightly += 1;
      }
      for (const folder of folders) {
        for (const name of ['l', 'm', 'n']) {
          const led = destination(path.join(root, folder, name));
          if (led === undefined) continue;
          inside += 1;
          expect([led, isIn(root, led)]).toEqual([led, true]);
        }
      }
    }),
    { numRuns: 300 },
  );
  fs.rmSync(parent, { recursive: true });
  // Both happened, or the property said nothing.
  expect(inside).toBeGreaterThan(100);
  expect(refusedRightly).toBeGreaterThan(20);
});

test.each([
  [0, 'a/b', true],
  [0, './a//b/', true],
  [1, '../a', true],
  [2, '../..', true],
  [0, '.', true],
  [0, '..', false],
  [1, '../../a', false],
  [1, 'a/..', false],
  [3, '../a/../b', false],
  [3, '/a', false],
  [3, '', false],
  [3, 'a\0', false],
])('a link %i levels down that says %j: %j', (depth, target, expected) => {
  expect(linkStaysInside(depth, Buffer.from(target))).toBe(expected);
});

test.each([
  ['linux', false],
  ['darwin', true],
  ['win32', true],
])('on %s a name that is no UTF-8 is refused: %p', (platform, isRefused) => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...own, value: platform });
  try {
    const ask = (name: Buffer) => () => refuseUnwritable({ what: 'a', sandboxId: 'one' }, name, 'odd');
    if (isRefused) expect(ask(Buffer.from([0xff]))).toThrow(expect.objectContaining({ code: 'FileUnsafe' }));
    else expect(ask(Buffer.from([0xff]))).not.toThrow();
    expect(ask(Buffer.from('ä'))).not.toThrow();
  } finally {
    Object.defineProperty(process, 'platform', own);
  }
});
