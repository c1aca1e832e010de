import { goString } from './go-string';

/** What Go's templates read behind a dot; everything else (`tls.crt`, `my-host`) they take for something else. */
const WORD = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What lies at a path of the chart's values. */
export function pathInValues(values: string, path: readonly string[]): string {
  // `.Values` has methods, such as YAML, which prints all values; Go's methods begin with a capital letter.
  return path[0] !== undefined && /^[A-Z]/.test(path[0]) ? indexed(values, path) : pathIn(values, path);
}

/** What lies at a path of plain data: by dots where they mean that, else by `index`. */
export function pathIn(root: string, path: readonly string[]): string {
  return path.every((key) => WORD.test(key)) ? [root, ...path].join('.') : indexed(root, path);
}

function indexed(root: string, path: readonly string[]): string {
  return `(index ${[root, ...path.map(goString)].join(' ')})`;
}
