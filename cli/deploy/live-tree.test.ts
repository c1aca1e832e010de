import fc from 'fast-check';
import { DeployError, type DeployEvent, type Outcome } from '../../deploy';
import { cut } from '../live-screen';
import { paintFor, plain } from './colours';
import { progressTo } from './live-tree';
import { RunTree } from './tree-text';

/** A terminal that knows what a tree is drawn with, and nothing more: anything else would be seen. */
class Screen {
  readonly isTTY = true;
  lines: string[] = [''];
  row = 0;
  column = 0;

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {}

  write = (text: string): void => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is drawn with
    for (const part of text.match(/\u001b\[(?:\d+A|J|\d+m)|\r|\n|[^\u001b\r\n]+|[\s\S]/g) ?? []) {
      const up = /\[(\d+)A/.exec(part)?.[1];
      if (up !== undefined) {
        // A terminal cannot go above its first line.
        expect(Number(up)).toBeLessThan(this.rows);
        this.row -= Number(up);
        expect(this.row).toBeGreaterThanOrEqual(0);
      } else if (part.endsWith('[J')) this.lines = [...this.lines.slice(0, this.row), ''];
      else if (part === '\n') {
        this.row += 1;
        this.column = 0;
        this.lines[this.row] ??= '';
      } else if (part === '\r') this.column = 0;
      else if (!part.startsWith('\u001b')) {
        this.lines[this.row] = this.lines[this.row]!.slice(0, this.column) + part;
        this.column += part.length;
        expect(this.column).toBeLessThan(this.columns);
      }
    }
  };

  get text(): string {
    return this.lines.join('\n');
  }
}

const ref = (name: string) => ({ group: 'apps', kind: 'Deployment', namespace: 'shop', name });
const refused = new DeployError('OBJECT_REFUSED', {
  where: 'x',
  found: 'a\nb\tc\u001b[2J',
  expected: 'y',
  remedy: 'Mend it.',
});
const object = (name: string, result: Outcome['result']): DeployEvent => ({
  type: 'object',
  outcome: { ...ref(name), result, ...(result === 'failed' && { error: refused }) },
});
const waiting = (...names: readonly string[]): DeployEvent => ({
  type: 'waiting',
  left: names.length,
  first: ref(names[0] ?? ''),
  why: '',
  objects: names.map((name) => ({ ref: ref(name), why: `0 of 2 pods of ${name}` })),
});
const stage = (name: string, objects: number): DeployEvent => ({ type: 'stage', stage: name, objects });

test('a run is a tree: its stages, and below each what is waited for, what has become healthy and what has failed', () => {
  let nowMs = 0;
  const tree = new RunTree(() => nowMs);
  tree.heard({ type: 'locked', by: 'me' });
  expect(tree.lines(plain)).toEqual(['waiting for another run on this release: me']);
  for (const event of [
    stage('config', 2),
    object('a', 'applied'),
    object('b', 'unchanged'),
    stage('workloads', 4),
    object('web', 'applied'),
    object('api', 'applied'),
    object('bad', 'failed'),
    waiting('web', 'api'),
  ])
    tree.heard(event);
  nowMs = 14_900;
  tree.heard(waiting('api'));
  expect(tree.lines(plain)).toEqual([
    'config 1 applied, 1 unchanged',
    'workloads 2 applied, 1 failed, 1 to go',
    '├─ ✓ Deployment shop/web',
    '├─ … Deployment shop/api: 0 of 2 pods of api',
    expect.stringMatching(/^└─ ✗ Deployment shop\/bad: .*found a b c\^\[\[2J; expected y/),
    'waiting for 1 of 2, 14 s',
  ]);
  expect(tree.lines(plain, 3)).toEqual([
    '… 4 lines above',
    expect.stringContaining('shop/bad'),
    'waiting for 1 of 2, 14 s',
  ]);
  tree.finished();
  expect(tree.lines(plain).slice(2, 4)).toEqual(['├─ ✓ Deployment shop/web', '├─ ✓ Deployment shop/api']);
});

test('a line is cut where the terminal ends; colours take no room, and wide characters two', () => {
  expect(cut('\u001b[31mabc\u001b[0m', 2)).toBe('\u001b[31mab\u001b[0m');
  expect(cut('ab', 2)).toBe('ab');
  expect(cut('漢字a', 4)).toBe('漢字');
  expect(cut('漢字a', 3)).toBe('漢');
});

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const events: fc.Arbitrary<DeployEvent> = fc.oneof(
  fc.record({ name: names, objects: fc.nat(5) }).map(({ name, objects }) => stage(name, objects)),
  fc
    .record({ name: names, result: fc.constantFrom<Outcome['result']>('applied', 'unchanged', 'failed') })
    .map(({ name, result }) => object(name, result)),
  fc.uniqueArray(names).map((some) => waiting(...some)),
  fc.constant<DeployEvent>({ type: 'locked', by: 'x\ny' }),
);

test('whatever happens, and however small the screen, only the newest tree is on it, and the whole one at the end', () => {
  jest.useFakeTimers();
  // The clock of the tree; the frames have timers.
  jest.spyOn(performance, 'now').mockReturnValue(0);
  const before = process.env.TERM;
  process.env.TERM = 'xterm';
  try {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(events, fc.nat(200)), { maxLength: 40 }),
        fc.integer({ min: 3, max: 60 }),
        fc.integer({ min: 3, max: 12 }),
        fc.boolean(),
        (all, columns, rows, isWell) => {
          const screen = new Screen(columns, rows);
          const timers = jest.getTimerCount();
          const paint = paintFor(screen, {});
          const told = progressTo(screen.write, paint, screen);
          const tree = new RunTree();
          const expected = (most: number | undefined) =>
            [...tree.lines(plain, most).map((line) => cut(line, columns - 1)), ''].join('\n');
          for (const [event, ms] of all) {
            told.onEvent(event);
            tree.heard(event);
            jest.advanceTimersByTime(ms);
            if (ms > 80) expect(screen.text).toBe(expected(rows - 1));
          }
          told.end(isWell);
          if (isWell) tree.finished();
          expect(screen.text).toBe(expected(undefined));
          expect(jest.getTimerCount()).toBe(timers);
        },
      ),
      { numRuns: 200 },
    );
  } finally {
    jest.restoreAllMocks();
    jest.useRealTimers();
    if (before === undefined) delete process.env.TERM;
    else process.env.TERM = before;
  }
});

test('where there is no terminal, or one that cannot be drawn on, each thing is a line', () => {
  const before = process.env.TERM;
  try {
    for (const [terminal, term] of [
      [undefined, 'xterm'],
      [{ isTTY: false }, 'xterm'],
      [new Screen(80, 24), 'dumb'],
    ] as const) {
      process.env.TERM = term;
      let said = '';
      const told = progressTo(
        (text) => {
          said += text;
        },
        plain,
        terminal,
      );
      told.onEvent(stage('workloads', 1));
      told.onEvent(object('web', 'applied'));
      told.end(true);
      expect(said).toBe('workloads (1)\n  applied Deployment shop/web\n');
    }
  } finally {
    if (before === undefined) delete process.env.TERM;
    else process.env.TERM = before;
  }
});

test('a terminal that nobody has told its size is one of 80 columns, and not one without any', () => {
  jest.useFakeTimers();
  try {
    const written: string[] = [];
    const sizeless = { isTTY: true, columns: 0, rows: 0 };
    const told = progressTo((text) => written.push(text), plain, sizeless);
    told.onEvent({ type: 'stage', stage: 'workloads', objects: 2 });
    told.onEvent(waiting('web'));
    jest.advanceTimersByTime(100);
    expect(written.join('')).toContain('workloads');
    told.end(true);
    expect(written.at(-1)).toContain('workloads');
  } finally {
    jest.useRealTimers();
  }
});
