/**
 * Writes docs/reference/ from the doc comments of what the doors export: a page each.
 *
 *     npx tsx scripts/api-reference.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

/** One prop of an interface, as its comment states it. */
export interface DocumentedProp {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly doc: string;
  /** The text behind `@default`. */
  readonly fallback: string | undefined;
}

/** An exported interface or class. */
export interface Documented {
  readonly kind: 'interface' | 'class';
  readonly name: string;
  readonly doc: string;
  readonly props: readonly DocumentedProp[];
}

const repository = join(__dirname, '..');

/** One page of the reference. */
export interface Reference {
  /** Whose exports it lists. */
  readonly door: string;
  readonly file: string;
  readonly title: string;
  /** What holds its defaults to the truth. */
  readonly checked: string;
}

const reference = (name: string, title: string, checked: string): Reference => ({
  ...{ door: `${name}/index.ts`, title, checked },
  file: join(repository, 'docs', 'reference', `${name}.md`),
});

export const references: readonly Reference[] = [
  reference('constructs', 'Constructs', 'a test compares every default with what synthesis prints'),
  reference('harden', 'harden', 'the [guide](../guides/harden.md) says what it does'),
  reference('guardrails', 'Guardrails', 'the [guide](../guides/guardrails.md) says how rules are written'),
  reference('controller', 'Controllers', 'the [guide](../guides/controller.md) says how they fit together'),
];

/** What a door exports, in the order of its names; types that are neither interface nor class are left out. */
export function documentedIn(door: string): Documented[] {
  const program = ts.createProgram([join(repository, door)], {
    strict: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    skipLibCheck: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(repository, door));
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`cannot read ${door}`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((symbol) => describe(symbol, checker) ?? []);
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker): Documented | undefined {
  const declaration = symbol.declarations?.find(
    (one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one),
  ) as ts.InterfaceDeclaration | ts.ClassDeclaration | undefined;
  if (!declaration) return undefined;
  const isHidden = (member: ts.ClassElement | ts.TypeElement) =>
    (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
    (ts.canHaveModifiers(member) &&
      ts
        .getModifiers(member)
        ?.some(
          ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword,
        ));
  const members = [...declaration.members].filter(
    (member) =>
      !isHidden(member) &&
      (ts.isPropertySignature(member) ||
        ts.isPropertyDeclaration(member) ||
        ts.isMethodDeclaration(member) ||
        ts.isGetAccessor(member)),
  );
  return {
    kind: ts.isClassDeclaration(declaration) ? 'class' : 'interface',
    name: symbol.name,
    doc: textOf(symbol, checker),
    props: members.map((member) => prop(member as ts.PropertySignature | ts.MethodDeclaration, checker)),
  };
}

function prop(member: ts.PropertySignature | ts.MethodDeclaration, checker: ts.TypeChecker): DocumentedProp {
  const symbol = checker.getSymbolAtLocation(member.name) as ts.Symbol;
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === 'default');
  const parameters = ts.isMethodDeclaration(member)
    ? `(${member.parameters.map((one) => one.getText()).join(', ')})`
    : '';
  return {
    name: `${symbol.name}${parameters}`,
    type: (member.type?.getText() ?? checker.typeToString(checker.getTypeOfSymbol(symbol))).replace(
      /\s+/g,
      ' ',
    ),
    optional: !!member.questionToken,
    doc: textOf(symbol, checker),
    fallback: tag && ts.displayPartsToString(tag.text),
  };
}

function textOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s*\n\s*/g, ' ');
}

/** The page. */
export function referencePage({ door, title, checked }: Reference, documented = documentedIn(door)): string {
  const sections = documented.map(({ kind, name, doc, props }) => {
    const rows = props.map(
      ({ name: prop, type, optional, doc: text, fallback }) =>
        `| \`${cell(prop)}\` | \`${cell(type)}\` | ${cell(text)} | ${optional ? cell(shownDefault(fallback)) : ''} |`,
    );
    const head = ['| name | type | what it is | default |', '|---|---|---|---|'];
    return [
      `## ${name}`,
      `*${kind}.* ${doc}`.trim(),
      ...(rows.length > 0 ? [[...head, ...rows].join('\n')] : []),
    ].join('\n\n');
  });
  return `# ${title}: the reference

Written by \`npx tsx scripts/api-reference.ts\` from the doc comments; ${checked}.

${sections.join('\n\n')}
`;
}

function shownDefault(fallback: string | undefined): string {
  if (fallback === undefined) return '';
  return fallback.startsWith('- ') ? fallback.slice(2) : `\`${fallback}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (require.main === module) for (const one of references) writeFileSync(one.file, referencePage(one));
