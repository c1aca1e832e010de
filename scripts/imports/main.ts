import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateCrds } from './crds';
import { generate } from './generate';
import { ImportsError } from './imports-error';
import { readKubernetesSpec } from './kubernetes-module';

const repository = path.resolve(__dirname, '../..');

async function main(): Promise<void> {
  const files = { ...generate(await readKubernetesSpec()), ...(await generateCrds()) };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(repository, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`${name}: ${Math.round(text.length / 1024)} KiB`);
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof ImportsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
