import path from 'node:path';
import ts from 'typescript';
import { repository } from './blocks';
import { DOORS, programOf } from './compile';

/** Something that a door exports. */
export interface Exported {
  readonly door: string;
  readonly name: string;
  /** The texts behind `@example` in its doc comment. */
  readonly examples: readonly string[];
  /** A class, function or constant: something a program can call, and not a type alone. */
  readonly isValue: boolean;
  /** A type that a value with an example speaks of, or a type that such a type speaks of. */
  readonly isShownByValue: boolean;
}

/** What the doors export, in the order of the doors. */
export function exportedNames(): Exported[] {
  const files = Object.values(DOORS).map((file) => path.join(repository, file));
  const program = programOf(new Map(), files);
  const checker = program.getTypeChecker();
  return Object.entries(DOORS).flatMap(([door, file]) => {
    const source = program.getSourceFile(path.join(repository, file)) as ts.SourceFile;
    const symbols = checker
      .getExportsOfModule(checker.getSymbolAtLocation(source) as ts.Symbol)
      .map((symbol) => resolved(symbol, checker));
    const shown = spokenOf(
      symbols.filter((one) => isValue(one) && examplesOf(one, checker).length > 0),
      checker,
    );
    return symbols.map((symbol) => ({
      door,
      name: symbol.name,
      examples: examplesOf(symbol, checker),
      isValue: isValue(symbol),
      isShownByValue: shown.has(symbol),
    }));
  });
}

/** An example as a module of a consumer: it may use all that its door and the main one export, and what `given` says. */
export function moduleOf(example: string, door: string, exported: readonly Exported[]): string {
  const lines = example.split('\n');
  const own = namesOf(door, exported);
  const main = namesOf('cdk8s-drydock', exported).filter((name) => !own.includes(name));
  return [
    `import { ${own.join(', ')} } from '${door}';`,
    ...(main.length > 0 ? [`import { ${main.join(', ')} } from 'cdk8s-drydock';`] : []),
    ...lines.filter(isOfModule),
    ...(GIVEN[door] ?? []),
    // A block of its own, in which an example may call something as an export is called.
    '{',
    ...lines.filter((line) => !isOfModule(line)),
    '}',
  ].join('\n');
}

/** What the language takes at the top of a module only. */
function isOfModule(line: string): boolean {
  return /^(import|export|declare) /.test(line);
}

const CHARTS = ['declare const app: App;', 'declare const shop: HelmChart;'];

/** What is there before an example, by its door. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  'cdk8s-drydock': CHARTS,
  'cdk8s-drydock/charts': CHARTS,
  'cdk8s-drydock/controller': ['declare const connection: Connection;'],
  'cdk8s-drydock/deploy': ['declare const deployer: Deployer;'],
  'cdk8s-drydock/sandbox': ['declare const sandboxes: Sandboxes;', 'declare const sandbox: Sandbox;'],
  'cdk8s-drydock/testing': [],
};

function namesOf(door: string, exported: readonly Exported[]): string[] {
  return exported.filter((one) => one.door === door).map(({ name }) => name);
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isValue({ flags }: ts.Symbol): boolean {
  return (flags & ts.SymbolFlags.Value) !== 0;
}

function examplesOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === 'example')
    .map(({ text }) => ts.displayPartsToString(text));
}

/** Every symbol that the declarations of these name, and those that their declarations name, in our own files. */
function spokenOf(symbols: readonly ts.Symbol[], checker: ts.TypeChecker): ReadonlySet<ts.Symbol> {
  const known = new Set<ts.Symbol>();
  const see = (symbol: ts.Symbol): void => {
    if (known.has(symbol)) return;
    known.add(symbol);
    for (const declaration of symbol.declarations ?? []) {
      if (!declaration.getSourceFile().fileName.includes('/node_modules/')) visit(declaration);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isInType(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol) see(resolved(symbol, checker));
    }
    if (ts.isShorthandPropertyAssignment(node)) {
      const symbol = checker.getShorthandAssignmentValueSymbol(node);
      if (symbol) see(resolved(symbol, checker));
    }
    // What a function does inside is nothing that its callers see.
    if (!ts.isBlock(node)) ts.forEachChild(node, visit);
  };
  for (const symbol of symbols) see(symbol);
  return known;
}

function isInType({ parent }: ts.Identifier): boolean {
  return (
    ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent) || ts.isTypeQueryNode(parent)
  );
}
