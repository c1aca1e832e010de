/**
 * Writes docs/evidence/specifications.md: what the specifications ask for, row by row, with the test that shows it and the
 * figure that was measured. A row that names a test or a figure that is not there ends it.
 *
 *     npx tsx evidence/specifications.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from './specifications/page';

writeFileSync(join(__dirname, '..', 'docs', 'evidence', 'specifications.md'), page());
