import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { transformSync } from '@swc/core';

/** One piece of source in the place of another. */
export interface Mutation {
  /** The file, from the root of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A fault that a law has to see. */
export interface Planted extends Mutation {
  readonly title: string;
}

/** Plants faults into a file. */
export const inFile =
  (file: string) =>
  (title: string, from: string, to: string): Planted => ({ file, title, from, to });

const ROOT = path.resolve(__dirname, '../..');
const compiled = new Map<string, string>();

/**
 * Loads modules of this repository anew, one of them changed; packages are shared. The changed source is never
 * written anywhere.
 */
export class FreshModules {
  private readonly loaded = new Map<string, { exports: unknown }>();

  constructor(private readonly mutation?: Mutation) {}

  load(file: string): unknown {
    return this.loadFile(path.join(ROOT, file));
  }

  private loadFile(file: string): unknown {
    const known = this.loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    this.loaded.set(file, module);
    const native = createRequire(file);
    const require = (name: string): unknown => {
      if (!name.startsWith('.')) return native(name);
      return this.loadFile(sourceOf(path.resolve(path.dirname(file), name)));
    };
    const run = new Function('exports', 'require', 'module', '__filename', '__dirname', this.codeOf(file));
    run(module.exports, require, module, file, path.dirname(file));
    return module.exports;
  }

  private codeOf(file: string): string {
    const mutation = this.mutation;
    if (mutation && path.join(ROOT, mutation.file) === file)
      return compile(mutated(readFileSync(file, 'utf8'), mutation), file);
    const code = compiled.get(file) ?? compile(readFileSync(file, 'utf8'), file);
    compiled.set(file, code);
    return code;
  }
}

/** How many places of the source as it is a mutation changes: one, or the source has changed and the mutation has not. */
export function placesOf({ file, from }: Mutation): number {
  return readFileSync(path.join(ROOT, file), 'utf8').split(from).length - 1;
}

function mutated(source: string, { file, from, to }: Mutation): string {
  const count = source.split(from).length - 1;
  if (count !== 1) throw new Error(`the mutant of ${file} changes ${count} places, not one: ${from}`);
  return source.replace(from, () => to);
}

function compile(source: string, file: string): string {
  const { code } = transformSync(source, {
    filename: file,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  return code;
}

function sourceOf(file: string): string {
  for (const candidate of [`${file}.ts`, path.join(file, 'index.ts'), file]) {
    try {
      readFileSync(candidate);
      return candidate;
    } catch {
      // The next form of the name.
    }
  }
  throw new Error(`no module ${file}`);
}
