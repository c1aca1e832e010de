import { readFileSync } from 'node:fs';
import path from 'node:path';

const GUIDE = path.join(__dirname, '../../docs/guides/sandbox.md');

/** The TypeScript of the guide to sandboxes, one block after the other: they read as one program. */
export function guideProgram(): { readonly imports: string; readonly body: string } {
  const blocks = [...readFileSync(GUIDE, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const code = blocks.join('\n');
  const imports = code.match(/^import .*$/gm) ?? [];
  return { imports: imports.join('\n'), body: code.replace(/^import .*$/gm, '') };
}
