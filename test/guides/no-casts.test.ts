import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { blocks, repository } from './blocks';

/** What silences the compiler, and with it the types that a user relies on. */
const CAST = /\bas (never|any)\b|\bas unknown as\b/;

/** Types of others that cannot be named: what every cdk8s-plus takes, and what an expression comes to in a manifest. */
const KNOWN: Readonly<Record<string, number>> = {
  'constructs/interop/plus.ts': 1,
  'constructs/condition.ts': 1,
};

function programs(): string[] {
  const files = execFileSync('git', ['ls-files', 'charts', 'examples', 'constructs'], {
    cwd: repository,
    encoding: 'utf8',
  });
  return files.split('\n').filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
}

function castsIn(text: string): number {
  const code = text.split('\n').filter((line) => !/^\s*(\*|\/\/)/.test(line));
  return code.filter((line) => CAST.test(line)).length;
}

test('charts, examples and constructs say what they mean without casts', () => {
  const found = programs().flatMap((file) => {
    const count = castsIn(readFileSync(path.join(repository, file), 'utf8'));
    return count > (KNOWN[file] ?? 0) ? [`${file}: ${count}`] : [];
  });
  expect(programs().length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

test('so do README and the guides', () => {
  expect(blocks().filter(({ text }) => castsIn(text) > 0)).toEqual([]);
});

test('a cast would be seen', () => {
  expect(['const a = b as never;', 'x as unknown as string', 'as any'].map(castsIn)).toEqual([1, 1, 1]);
  expect(castsIn('const a = b as const;')).toBe(0);
});
