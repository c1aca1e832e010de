import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { around, type Block, blocks, repository, wholeOf } from './blocks';

/** The doors of the package, as its `exports` name them, by the source behind each. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'cdk8s-drydock': ['index.ts'],
  'cdk8s-drydock/charts': ['charts/index.ts'],
  'cdk8s-drydock/sandbox': ['sandbox/index.ts'],
  'cdk8s-drydock/testing': ['cluster/index.ts'],
};

/** What the compiler has to say about each piece, with the settings that `cdk8s init` gives a project. */
function complaintsAbout(all: readonly Block[]): Map<string, string[]> {
  const texts = new Map(all.map((block) => [path.join(__dirname, `${block.name}.ts`), wholeOf(block)]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    esModuleInterop: true,
    types: ['node', 'jest'],
    paths: Object.fromEntries(
      Object.entries(DOORS).map(([door, files]) => [door, files.map((file) => path.join(repository, file))]),
    ),
  };
  const host = ts.createCompilerHost(options);
  const real = { fileExists: host.fileExists, getSourceFile: host.getSourceFile, readFile: host.readFile };
  host.fileExists = (file) => texts.has(file) || real.fileExists(file);
  host.readFile = (file) => texts.get(file) ?? real.readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? real.getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return new Map(
    [...texts.keys()].map((file) => {
      const source = program.getSourceFile(file) as ts.SourceFile;
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      const said = found.map(({ messageText, start = 0 }) => {
        const { line } = source.getLineAndCharacterOfPosition(start);
        const code = source.text.split('\n')[line] as string;
        return `${ts.flattenDiagnosticMessageText(messageText, '\n')}\n  ${code.trim()}`;
      });
      return [path.basename(file, '.ts'), said];
    }),
  );
}

const wrong: Block = {
  name: 'a wrong one',
  text: "import { App } from 'cdk8s-drydock';\nnew App({ outdri: 'x' });\n",
};
let complaints: Map<string, string[]>;
beforeAll(() => {
  complaints = complaintsAbout([...blocks(), wrong]);
}, 240_000);

test('every piece of README and the guides is known here, and nothing else is', () => {
  expect(blocks().map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(around)));
  expect(Object.keys(around)).toEqual(expect.arrayContaining(blocks().map(({ name }) => name)));
});

test.each(blocks().map(({ name }) => name))('%s compiles as a program of a consumer', (name) => {
  expect(complaints.get(name)).toEqual([]);
});

test('a piece that is wrong would be seen', () => {
  expect(complaints.get(wrong.name)).toEqual([expect.stringContaining("'outdri' does not exist")]);
});

test('the doors are those of package.json', () => {
  const { exports, name } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const doors = Object.keys(exports).filter((door) => door !== './package.json');
  expect(Object.keys(DOORS)).toEqual(doors.map((door) => door.replace(/^\./, name)));
  for (const files of Object.values(DOORS))
    for (const file of files) expect(existsSync(path.join(repository, file))).toBe(true);
});
