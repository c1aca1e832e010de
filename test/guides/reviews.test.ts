import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** Every file that a page names with its folder, as in `kube/turns.test.ts`. */
function filesNamed(page: string): string[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  const named = text.matchAll(/(?<![\w./{-])((?:[a-z][\w-]*\/)+[\w.-]+\.(?:ts|md))\b/g);
  return [...new Set([...named].map(([, file]) => file as string))];
}

test.each(['docs/evidence/audit.md', 'docs/evidence/runtime-review.md'])(
  'every file that %s names as a proof is there',
  (page) => {
    const files = filesNamed(page);
    expect(files.length).toBeGreaterThan(10);
    const missing = files.filter((file) => !existsSync(path.join(root, file)));
    expect(missing).toEqual([]);
  },
);
