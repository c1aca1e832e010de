/**
 * Writes docs/side-by-side.md: four programs, each written by hand for Helm, with cdk8s-plus, and with this library.
 *
 *     npx tsx bench/backend/page.ts
 */
import { writeFileSync } from 'node:fs';
import { SIDE_BY_SIDE, sideBySide } from './side-by-side';

sideBySide().then(
  (text) => writeFileSync(SIDE_BY_SIDE, text),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
