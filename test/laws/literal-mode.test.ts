import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asVariables } from '../../core/synth';
import type * as Values from '../../core/values';
import { FreshModules } from './fresh-modules';

test('importing the values changes no prototype; declaring some does, where literals are asked for', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-driver-'));
  const literalsFile = path.join(folder, 'literals.json');
  const sets = [{ names: 'tag', values: { tag: 'x' } }];
  writeFileSync(literalsFile, JSON.stringify({ sets, charts: [] }));
  const variables = asVariables({ literalsFile });
  Object.assign(process.env, variables);
  try {
    const { defineValues, value } = new FreshModules().load('core/values/index.ts') as typeof Values;
    expect('shortHash' in String.prototype).toBe(false);
    const { tag } = defineValues({ tag: value.string({ default: 'y', doc: 'd' }) });
    expect(tag).toBe('x');
    expect('shortHash' in String.prototype).toBe(true);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    rmSync(folder, { recursive: true });
  }
});
