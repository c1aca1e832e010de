import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExchangeFailed, exchange, putBackWhatWasLeft } from './exchange';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-exchange-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: readonly string[]) => join(folder, ...names);
const read = (...names: readonly string[]) => readFileSync(at(...names), 'utf8');
const file = (target: string, text: string) => ({
  target: at(target),
  label: target,
  make: (fresh: string) => writeFileSync(fresh, text),
});
/** No process has this number: the largest of Linux is 2^22. */
const DEAD = 99_999_999;

/** What a killed process has left beside its target. */
function left(name: string): void {
  for (const inside of ['old', 'new']) mkdirSync(at(name, inside), { recursive: true });
  writeFileSync(at(name, 'old', 'kept'), 'old');
}

test('what a killed process had moved aside goes back, and the rest of its work goes', () => {
  left(`.drydock-${DEAD}`);
  putBackWhatWasLeft(folder);
  expect(readdirSync(folder)).toEqual(['kept']);
  expect(read('kept')).toBe('old');
});

test('what has been made anew since is not replaced by the old one', () => {
  left(`.drydock-${DEAD}`);
  writeFileSync(at('kept'), 'new');
  putBackWhatWasLeft(folder);
  expect(readdirSync(folder)).toEqual(['kept']);
  expect(read('kept')).toBe('new');
});

test.each([
  `.drydock-${process.ppid}`,
  '.drydock-1',
  `.drydock-${DEAD}x`,
  `x.drydock-${DEAD}`,
  '.drydock-',
  '.drydock-0',
])('%s is no work of a process that is gone, and stays', (name) => {
  left(name);
  putBackWhatWasLeft(folder);
  expect(readdirSync(folder)).toEqual([name]);
  expect(read(name, 'old', 'kept')).toBe('old');
});

test('a folder that is not there, or is a file, has nothing left in it', () => {
  putBackWhatWasLeft(at('nowhere'));
  writeFileSync(at('file'), '');
  putBackWhatWasLeft(at('file'));
  expect(readdirSync(folder)).toEqual(['file']);
});

test('all are exchanged, or none: those before the one that fails are put back', () => {
  for (const name of ['a', 'b']) writeFileSync(at(name), 'old');
  exchange([file('a', 'new'), { target: at('b'), label: 'b' }, file('c', 'new')]);
  expect([read('a'), existsSync(at('b')), read('c')]).toEqual(['new', false, 'new']);
  const broken = {
    ...file('d', ''),
    make: () => {
      throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    },
  };
  expect(() => exchange([file('a', 'newer'), broken])).toThrow(ExchangeFailed);
  expect([read('a'), readdirSync(folder).sort()]).toEqual(['new', ['a', 'c']]);
});

test('folders that were made on the way go again where it fails, and stay where it does not', () => {
  const inner = { target: at('x', 'y', 'a'), label: 'a' };
  const fails = () => {
    throw new Error('no');
  };
  expect(() => exchange([{ ...inner, make: fails }])).toThrow(ExchangeFailed);
  expect(readdirSync(folder)).toEqual([]);
  exchange([{ ...inner, make: (fresh) => writeFileSync(fresh, 'new') }]);
  expect(read('x', 'y', 'a')).toBe('new');
});
