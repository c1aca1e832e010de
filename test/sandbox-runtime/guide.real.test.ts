import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { sharedCluster } from '../../cluster';
import { Sandboxes } from '../../sandbox';
import { guideProgram } from './guide-program';
import { RuntimeInstallation } from './runtime';
import { within } from './within';

jest.setTimeout(180_000);

const root = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-guide-'));
const before = { folder: process.cwd(), kubeconfig: process.env.KUBECONFIG };
let installation: RuntimeInstallation;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  writeFileSync(path.join(folder, 'template.json'), installation.template);
  process.chdir(folder);
  process.env.KUBECONFIG = installation.kubeconfig;
});
afterAll(async () => {
  process.chdir(before.folder);
  if (before.kubeconfig === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = before.kubeconfig;
  await installation?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('the program of the guide to sandboxes does what the guide says', async () => {
  const text = guideProgram()
    .body.replaceAll("'boxes'", JSON.stringify(installation.sandboxNamespace))
    .replaceAll("'registry.example.com/tools:1.0.0'", JSON.stringify(installation.image))
    .replace("['make', 'test']", "['echo', 'tested']");
  const { outputText } = ts.transpileModule(`async () => {${text}\nreturn sandboxes; }`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  const said: unknown[][] = [];
  let written = '';
  const names = {
    readFileSync,
    Sandboxes,
    console: { log: (...words: unknown[]) => said.push(words) },
    process: { stdout: { write: (bytes: Uint8Array) => (written += Buffer.from(bytes)) } },
  };
  const guide = new Function(...Object.keys(names), `return ${outputText}`)(...Object.values(names));
  const sandboxes = (await within('the guide', guide(), 120_000)) as Sandboxes;
  expect(said).toEqual([
    ['exited', 0, 'tested\n'],
    [expect.objectContaining({ way: expect.any(String) })],
    [['done', 'done', 'done']],
    ['took long\n'],
    ['aborted'],
    ['built\n'],
    ['ilt\n'],
    // A terminal has its program's prompts and colours, too.
    [expect.stringContaining('50 132')],
    [29, [expect.objectContaining({ name: 'main.c', mode: 0o600 })]],
    [expect.objectContaining({ outcome: 'exited', exitCode: 0 })],
  ]);
  expect(written).toBe('one line\nhello\n');
  expect(readFileSync('from-the-sandbox/main.c', 'utf8')).toContain('int main');
  // The guide leaves nothing.
  expect(await sandboxes.list()).toEqual([]);
  await sandboxes.close();
});

/** What the compiler has to say about programs that use the door of sandboxes. */
function complaints(texts: readonly string[]): string[][] {
  const files = texts.map((text, index) => {
    const file = path.join(folder, `program${index}.ts`);
    writeFileSync(file, text);
    return file;
  });
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [path.join(root, 'node_modules/@types')],
    paths: { 'cdk8s-drydock/sandbox': [path.join(root, 'sandbox/index.ts')] },
  });
  return files.map((file) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

test('the program of the guide to sandboxes compiles, and the compiler looks at it', () => {
  const { imports, body } = guideProgram();
  const program = (more: string) => `${imports}\nexport async function guide() {\n${body}\n${more}\n}\n`;
  expect(body).toContain('sandboxes.claim(');
  expect(complaints([program(''), program('sandbox.comands;')])).toEqual([
    [],
    [expect.stringContaining("Property 'comands' does not exist")],
  ]);
});
