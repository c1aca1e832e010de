/** Declares other values than its run with expressions did, and prints what it gets for it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineValues, LITERALS_VARIABLE, value } from '../../../core/values';

const folder = mkdtempSync(path.join(tmpdir(), 'drydock-refusals-'));
const file = path.join(folder, 'literals.json');
writeFileSync(
  file,
  JSON.stringify({ sets: [{ names: 'replicas', values: { replicas: 1 } }], charts: ['shop'] }),
);
process.env[LITERALS_VARIABLE] = file;
try {
  const values = defineValues({ port: value.integer({ default: 80, doc: 'The port' }) });
  process.stdout.write(String(values.port));
} catch (error) {
  const { code, where, found, expected, remedy } = error as Record<string, string>;
  process.stdout.write(JSON.stringify({ code, where, found, expected, remedy }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
