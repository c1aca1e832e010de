import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { type FolderContent, writeFolders } from './write';

/** Everything that the writer does to a disk. */
const STEPS = [
  'mkdirSync',
  'writeFileSync',
  'linkSync',
  'symlinkSync',
  'copyFileSync',
  'renameSync',
  'chmodSync',
  'rmSync',
  'rmdirSync',
  'utimesSync',
] as const;

/** Many thousand files are made and removed, which a disk that others use takes long for. */
const MEMORY = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(MEMORY, 'drydock-faults-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(root, { recursive: true });
});

/** Lets a number of steps happen; then one fails, or all that follow, as for a process that is killed. */
function breakAfter(steps: number, isKilled: boolean): { readonly wasReached: () => boolean } {
  let count = 0;
  for (const name of STEPS) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      count += 1;
      if (count === steps + 1 || (isKilled && count > steps))
        throw Object.assign(new Error(`EIO: broken on purpose, ${name}`), { code: 'EIO' });
      return real(...args);
    }) as never);
  }
  return { wasReached: () => count > steps };
}

type Files = Readonly<Record<string, string>>;

function contents(folders: Readonly<Record<string, Files>>): FolderContent[] {
  return Object.entries(folders).map(([folder, files]) => ({
    folder: path.join(root, folder),
    files: new Map(Object.entries(files)),
  }));
}

/** Each folder of the root as one text, to be compared; `undefined` where it is not there. */
function state(folder: string): string | undefined {
  const place = path.join(root, folder);
  if (!fs.existsSync(place)) return undefined;
  const names = (fs.readdirSync(place, { recursive: true }) as string[]).sort();
  return JSON.stringify(
    names.map((name) => {
      const file = path.join(place, name);
      return [name, fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8') : null];
    }),
  );
}

function leftOvers(): string[] {
  return (fs.readdirSync(root, { recursive: true }) as string[]).filter((name) => /\.drydock-\d/.test(name));
}

const OLD = {
  'out/manifests': { 'a.yaml': 'old', 'same.yaml': 'same', 'gone.yaml': 'old', 'deep/er/b.yaml': 'old' },
  'out/charts': { 'web/Chart.yaml': 'old' },
  'out/secrets': { 'web.yaml': 'old' },
};
const NEW = {
  'out/manifests': { 'a.yaml': 'new', 'same.yaml': 'same', 'new.yaml': 'new', 'deep/er/b.yaml': 'new' },
  'out/charts': { 'web/Chart.yaml': 'new', 'web/values.yaml': 'new' },
  'out/secrets': {},
  'fresh/place': { 'c.yaml': 'new' },
};
const FOLDERS = Object.keys(NEW);

function clear(): void {
  for (const name of fs.readdirSync(root)) fs.rmSync(path.join(root, name), { recursive: true });
}

function begin(): void {
  clear();
  writeFolders(contents(OLD));
  fs.writeFileSync(path.join(root, 'out/manifests/theirs.txt'), 'theirs');
}

/** The state of all folders before and after a run in which nothing fails. */
function statesOfSuccess(): { readonly old: (string | undefined)[]; readonly fresh: (string | undefined)[] } {
  begin();
  const old = FOLDERS.map(state);
  writeFolders(contents(NEW));
  return { old, fresh: FOLDERS.map(state) };
}

test('whichever step fails, all folders are the old ones or all the new ones, and the message says which', () => {
  const { old, fresh } = statesOfSuccess();
  let steps = 0;
  for (; ; steps += 1) {
    begin();
    const { wasReached } = breakAfter(steps, false);
    let message: string | undefined;
    try {
      writeFolders(contents(NEW));
    } catch (error) {
      message = (error as Error).message;
    }
    jest.restoreAllMocks();
    if (message !== undefined)
      expect(message).toMatch(/^CANNOT_WRITE at .*EIO.*What was there before is as it was\.$/);
    expect({ steps, now: FOLDERS.map(state) }).toEqual({ steps, now: message === undefined ? fresh : old });
    // Whatever the failed step left is taken away by the next run.
    writeFolders(contents(NEW));
    expect({ steps, now: FOLDERS.map(state), left: leftOvers() }).toEqual({ steps, now: fresh, left: [] });
    if (!wasReached()) break;
  }
  expect(steps).toBeGreaterThan(20);
});

test('killed at any step, each folder is wholly the old or the new one, or aside as a whole; the next run makes it right', () => {
  const { old, fresh } = statesOfSuccess();
  let aside = 0;
  for (let steps = 0; ; steps += 1) {
    begin();
    const { wasReached } = breakAfter(steps, true);
    try {
      writeFolders(contents(NEW));
    } catch (error) {
      const { message } = error as Error;
      const told = [...message.matchAll(/could not be put back: look at (.*)\.$/g)].flatMap(([, names]) =>
        names!.split(', '),
      );
      if (told.length === 0)
        expect({ steps, message }).toEqual({ steps, message: expect.stringContaining('as it was') });
      // What the message names is there to be found.
      for (const name of told) expect(fs.existsSync(name)).toBe(true);
      if (told.length === 0) expect({ steps, now: FOLDERS.map(state) }).toEqual({ steps, now: old });
    }
    jest.restoreAllMocks();
    FOLDERS.forEach((folder, index) => {
      const now = state(folder);
      if (now === old[index] || now === fresh[index]) return;
      expect({ steps, folder, now }).toEqual({ steps, folder, now: undefined });
      const kept = path.join(path.dirname(folder), `.drydock-${process.pid}`, 'old', path.basename(folder));
      expect({ steps, kept: state(kept) }).toEqual({ steps, kept: old[index] });
      aside += 1;
    });
    writeFolders(contents(NEW));
    expect({ steps, now: FOLDERS.map(state), left: leftOvers() }).toEqual({ steps, now: fresh, left: [] });
    if (!wasReached()) break;
  }
  expect(aside).toBeGreaterThan(0);
});

const files = fc.dictionary(
  fc.constantFrom('a', 'b', 'sub/a', 'sub/b', 'sub/deep/a'),
  fc.constantFrom('1', '2', '3'),
  { maxKeys: 5 },
);
/** Folders side by side, and one inside of another. */
const layout = fc.record({ out: files, 'out/charts': files, beside: files });
type Layout = Readonly<Record<'out' | 'out/charts' | 'beside', Files>>;

/** Tries to write with one step that fails. */
function fails(wanted: Layout, steps: number): boolean {
  breakAfter(steps, false);
  try {
    writeFolders(contents(wanted));
    return false;
  } catch {
    return true;
  } finally {
    jest.restoreAllMocks();
  }
}

/** The files of a state that are no records, by their path. */
function written(): Files {
  const all = (JSON.parse(state('.') as string) as [string, string | null][]).filter(
    ([name, text]) => text !== null && !name.endsWith('.drydock.json') && !/\.drydock-\d/.test(name),
  );
  return Object.fromEntries(all) as Files;
}

function asWritten(wanted: Layout): Files {
  const all = Object.entries(wanted).flatMap(([folder, inside]) =>
    Object.entries(inside).map(([name, text]) => [`${folder}/${name}`, text] as const),
  );
  return Object.fromEntries(all);
}

test('for any two outputs and any step that fails, in folders inside each other too, it is one output or the other', () => {
  fc.assert(
    fc.property(layout, layout, fc.nat(60), (before, after, steps) => {
      clear();
      writeFolders(contents(before));
      expect(written()).toEqual(asWritten(before));
      expect(fails(after, steps) ? asWritten(before) : asWritten(after)).toEqual(written());
      writeFolders(contents(after));
      expect({ now: written(), left: leftOvers() }).toEqual({ now: asWritten(after), left: [] });
    }),
    { numRuns: 80 },
  );
});
