import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { guideProgram } from './guide-program';

jest.setTimeout(120_000);

const root = path.resolve(__dirname, '../..');

/** What the compiler has to say about a program that uses the door of sandboxes. */
function complaints(text: string): string[] {
  // Beside our sources, so that the types of Node are found.
  const folder = mkdtempSync(path.join(root, 'dist-guide-'));
  try {
    const file = path.join(folder, 'program.ts');
    writeFileSync(file, text);
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      paths: { 'cdk8s-drydock/sandbox': [path.join(root, 'sandbox/index.ts')] },
    });
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the program of the guide to sandboxes compiles, and the compiler looks at it', () => {
  const { imports, body } = guideProgram();
  const program = (more: string) => `${imports}\nexport async function guide() {\n${body}\n${more}\n}\n`;
  expect(body).toContain('sandboxes.claim(');
  expect(complaints(program(''))).toEqual([]);
  expect(complaints(program('sandbox.comands;'))).toEqual([
    expect.stringContaining("Property 'comands' does not exist"),
  ]);
});
