import path from 'node:path';
import ts from 'typescript';
import { repository } from './blocks';

/** The doors of the package, as its `exports` name them, by the source behind each. */
export const DOORS: Readonly<Record<string, string>> = {
  'cdk8s-drydock': 'index.ts',
  'cdk8s-drydock/charts': 'charts/index.ts',
  'cdk8s-drydock/controller': 'controller/index.ts',
  'cdk8s-drydock/deploy': 'deploy/index.ts',
  'cdk8s-drydock/gitops': 'gitops/index.ts',
  'cdk8s-drydock/sandbox': 'sandbox/index.ts',
  'cdk8s-drydock/testing': 'cluster/index.ts',
};

/** The settings that `cdk8s init` gives a project, where the package is our source. */
export const consumerOptions: ts.CompilerOptions = {
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
    Object.entries(DOORS).map(([door, file]) => [door, [path.join(repository, file)]]),
  ),
};

/** The files on the disk, which are read once however many programs are made of them. */
const sources = new Map<string, ts.SourceFile | undefined>();

/** A program of files on the disk, and of texts that take the place of some. */
export function programOf(texts: ReadonlyMap<string, string>, files: readonly string[] = []): ts.Program {
  const host = ts.createCompilerHost(consumerOptions);
  const real = { fileExists: host.fileExists, getSourceFile: host.getSourceFile, readFile: host.readFile };
  host.fileExists = (file) => texts.has(file) || real.fileExists(file);
  host.readFile = (file) => texts.get(file) ?? real.readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    if (text !== undefined) return ts.createSourceFile(file, text, language);
    if (!sources.has(file)) sources.set(file, real.getSourceFile(file, language, ...rest));
    return sources.get(file);
  };
  return ts.createProgram([...texts.keys(), ...files], consumerOptions, host);
}

/** What the compiler has to say about each module of a consumer, by its name: one program for all of them. */
export function complaintsAbout(modules: ReadonlyMap<string, string>): Map<string, string[]> {
  const fileOf = (name: string) => path.join(__dirname, `${name}.ts`);
  const texts = new Map([...modules].map(([name, text]) => [fileOf(name), text]));
  const program = programOf(texts);
  return new Map(
    [...modules.keys()].map((name) => {
      const source = program.getSourceFile(fileOf(name)) as ts.SourceFile;
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [name, found.map((one) => said(one, source))];
    }),
  );
}

function said({ messageText, start = 0 }: ts.Diagnostic, source: ts.SourceFile): string {
  const { line } = source.getLineAndCharacterOfPosition(start);
  const code = source.text.split('\n')[line] as string;
  return `${ts.flattenDiagnosticMessageText(messageText, '\n')}\n  ${code.trim()}`;
}
