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

/** Something that a door exports. */
export interface Documented {
  readonly kind: 'class' | 'constant' | 'function' | 'interface' | 'type';
  readonly name: string;
  readonly doc: string;
  /** What a function takes and gives, or what a type is. */
  readonly signature?: string;
  readonly props: readonly DocumentedProp[];
  /** The texts behind `@example`. */
  readonly examples: readonly string[];
}

const repository = join(__dirname, '..');

/** What doors export, read in one go. */
export class Doors {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param files from the root of the repository */
  constructor(files: readonly string[]) {
    this.program = ts.createProgram(
      files.map((file) => join(repository, file)),
      {
        strict: true,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
        skipLibCheck: true,
        types: ['node'],
      },
    );
    this.checker = this.program.getTypeChecker();
  }

  /**
   * In the order of their names.
   *
   * @param room only what the door exports of this one, such as `./core/values`
   */
  documentedIn(door: string, room?: string): Documented[] {
    const source = this.program.getSourceFile(join(repository, door));
    const module = source && this.checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`cannot read ${door}`);
    const names = room === undefined ? undefined : namesFrom(source, room);
    return this.checker
      .getExportsOfModule(module)
      .filter(({ name }) => names?.has(name) ?? true)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol))
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .flatMap((symbol) => this.describe(symbol) ?? []);
  }

  private describe(symbol: ts.Symbol): Documented | undefined {
    const declaration = symbol.declarations?.[0];
    if (!declaration) return undefined;
    const about = {
      name: symbol.name,
      doc: this.textOf(symbol),
      examples: symbol
        .getJsDocTags(this.checker)
        .filter(({ name }) => name === 'example')
        .map(({ text }) => ts.displayPartsToString(text).trim()),
    };
    const whole = symbol.declarations?.find(
      (one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one),
    ) as ts.InterfaceDeclaration | ts.ClassDeclaration | undefined;
    if (whole)
      return {
        kind: ts.isClassDeclaration(whole) ? 'class' : 'interface',
        ...about,
        props: this.membersOf(whole),
      };
    if (ts.isTypeAliasDeclaration(declaration))
      return { kind: 'type', ...about, signature: oneLine(declaration.type.getText()), props: [] };
    const type = this.checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const signatures = type.getCallSignatures();
    if (signatures.length > 0)
      return {
        kind: 'function',
        ...about,
        signature: signatures.map((one) => `${symbol.name}${this.signature(one)}`).join('\n'),
        props: [],
      };
    const props = this.partsOf(type);
    if (props.length > 0) return { kind: 'constant', ...about, props };
    return { kind: 'constant', ...about, signature: oneLine(this.checker.typeToString(type)), props };
  }

  private membersOf(declaration: ts.InterfaceDeclaration | ts.ClassDeclaration): DocumentedProp[] {
    return [...declaration.members]
      .filter(
        (member) =>
          !isHidden(member) &&
          (ts.isPropertySignature(member) ||
            ts.isPropertyDeclaration(member) ||
            ts.isMethodDeclaration(member) ||
            ts.isGetAccessor(member)),
      )
      .map((member) => this.prop(member as ts.PropertySignature | ts.MethodDeclaration));
  }

  private prop(member: ts.PropertySignature | ts.MethodDeclaration): DocumentedProp {
    const symbol = this.checker.getSymbolAtLocation(member.name) as ts.Symbol;
    const parameters = ts.isMethodDeclaration(member)
      ? `(${member.parameters.map((one) => one.getText()).join(', ')})`
      : '';
    return {
      name: `${ts.isComputedPropertyName(member.name) ? member.name.getText() : symbol.name}${parameters}`,
      type: oneLine(
        member.type?.getText() ?? this.checker.typeToString(this.checker.getTypeOfSymbol(symbol)),
      ),
      optional: !!member.questionToken,
      doc: this.textOf(symbol),
      fallback: this.defaultOf(symbol),
    };
  }

  /** The parts of a constant such as `value`: functions by what they take. */
  private partsOf(type: ts.Type): DocumentedProp[] {
    if (!(type.flags & ts.TypeFlags.Object) || this.checker.isArrayLikeType(type)) return [];
    return this.checker.getPropertiesOfType(type).flatMap((symbol) => {
      const [declaration] = symbol.declarations ?? [];
      if (!declaration?.getSourceFile().fileName.startsWith(repository)) return [];
      const own = this.checker.getTypeOfSymbolAtLocation(symbol, declaration);
      const [signature] = own.getCallSignatures();
      const named = own.symbol && signature ? own.symbol : symbol;
      return [
        {
          name: symbol.name,
          type: oneLine(
            signature
              ? this.signature(signature)
              : this.checker.typeToString(own, undefined, ts.TypeFormatFlags.NoTruncation),
          ),
          optional: false,
          doc: this.textOf(symbol) || this.textOf(named),
          fallback: undefined,
        },
      ];
    });
  }

  private signature(signature: ts.Signature): string {
    return oneLine(this.checker.signatureToString(signature, undefined, ts.TypeFormatFlags.NoTruncation));
  }

  private defaultOf(symbol: ts.Symbol): string | undefined {
    const tag = symbol.getJsDocTags(this.checker).find(({ name }) => name === 'default');
    return tag && ts.displayPartsToString(tag.text);
  }

  private textOf(symbol: ts.Symbol): string {
    return oneLine(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
  }
}

/** What a door exports from a room. */
function namesFrom(source: ts.SourceFile, room: string): ReadonlySet<string> {
  const names = source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) return [];
    const from = statement.moduleSpecifier;
    if (!from || !ts.isStringLiteral(from) || from.text !== room) return [];
    return ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [];
  });
  return new Set(names);
}

function isHidden(member: ts.ClassElement | ts.TypeElement): boolean {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return true;
  // What is under a symbol of ours is for ourselves; those of the language are for users.
  if (member.name && ts.isComputedPropertyName(member.name) && !/^\[Symbol\./.test(member.name.getText()))
    return true;
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return (
    ts.canHaveModifiers(member) &&
    (ts.getModifiers(member)?.some(({ kind }) => hidden.includes(kind)) ?? false)
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
