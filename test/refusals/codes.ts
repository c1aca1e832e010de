import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const repository = path.resolve(__dirname, '../..');

/** Where errors are made: `new DrydockError('CODE'`, `refuse('CODE'`, `code: 'CODE'`. */
const MADE =
  /(?:Error|refuse|refused|fail|failed|wrong|unknown|code)\s*[:(]\s*'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g;
/** A closed list of codes: `type SandboxErrorCode = | 'PolicyDenied' | ...`, `code: 'A' | 'B'`. */
const LISTS = /(?:type \w+Code =|\bcode:)((?:\s*(?:\/\/[^\n]*\n\s*)*(?:\|\s*)?(?:'\w+'|\w+))+)/g;
/** Codes of warnings, which end nothing. */
const WARNINGS = new Set(['STOCK_APP']);

/** The source of the product, without its tests. */
function productFiles(): string[] {
  return execFileSync('git', ['ls-files', '*.ts'], { cwd: repository, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) =>
      /^(errors|core|kube|controller|deploy|sandbox|constructs|charts|check|harden|guardrails|gitops|cluster|cli)\//.test(
        file,
      ),
    )
    .filter((file) => !/\.test\.ts$|testing-only\//.test(file));
}

/** Every code that the product gives an error, with the first file that names it. */
export function codesOfProduct(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const file of productFiles()) {
    const text = readFileSync(path.join(repository, file), 'utf8');
    const made = [...text.matchAll(MADE)].map(([, code]) => code as string);
    const listed = [...text.matchAll(LISTS)].flatMap(([, list]) =>
      [...(list as string).matchAll(/'(\w+)'/g)].map(([, code]) => code as string),
    );
    for (const code of [...made, ...listed])
      if (!codes.has(code) && !WARNINGS.has(code)) codes.set(code, file);
  }
  return new Map([...codes].sort(([a], [b]) => (a < b ? -1 : 1)));
}
