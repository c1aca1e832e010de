import { Yaml } from 'cdk8s';
import { keyText, numberText, stringText } from './scalars';

const STEP = '  ';
/** Deeper than any manifest; a circular object gets there too. */
const DEEPEST = 100;

/**
 * The bytes of cdk8s's own `Yaml.stringify`, several times as fast: what is plainly safe is printed here, an odd scalar is
 * printed by the library on its own, and a document with an odd shape is printed by the library as a whole.
 */
export function stringifyYaml(documents: readonly unknown[]): string {
  return joinDocuments(documents.map((document) => fastText(document) ?? Yaml.stringify(document)));
}

/** Documents, each with the line end that it has, in one stream. */
export function joinDocuments(texts: readonly string[]): string {
  return texts.join('---\n');
}

function fastText(document: unknown): string | undefined {
  if (!isPlainObject(document)) return undefined;
  const printer = new Printer();
  const text = printer.map(document, '');
  return printer.isOdd || text === '{}' ? undefined : `${text}\n`;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

class Printer {
  /** Something was met that the library prints in a way which depends on its surroundings. */
  isOdd = false;
  /** An object met twice becomes an anchor and an alias. */
  private readonly seen = new Set<object>();

  /** A map without the indent of its first line. */
  map(map: Readonly<Record<string, unknown>>, indent: string): string {
    this.meet(map, indent);
    let text = '';
    for (const key of Object.keys(map)) {
      const printedKey = keyText(key);
      if (printedKey === undefined) this.isOdd = true;
      if (this.isOdd) return '';
      if (text !== '') text += `\n${indent}`;
      text += `${printedKey}:${this.afterKey(map[key], indent)}`;
    }
    return text === '' ? '{}' : text;
  }

  private list(list: readonly unknown[], indent: string): string {
    this.meet(list, indent);
    let text = '';
    for (const item of list) {
      if (this.isOdd) return '';
      if (text !== '') text += `\n${indent}`;
      text += `- ${this.item(item, indent + STEP)}`;
    }
    return text === '' ? '[]' : text;
  }

  private afterKey(value: unknown, indent: string): string {
    if (typeof value === 'string') return ` ${stringText(value, indent)}`;
    if (typeof value !== 'object' || value === null) return ` ${this.scalar(value)}`;
    const printed = this.item(value, indent + STEP);
    return printed === '{}' || printed === '[]' ? ` ${printed}` : `\n${indent}${STEP}${printed}`;
  }

  private item(value: unknown, indent: string): string {
    if (typeof value === 'string') return stringText(value, indent.slice(STEP.length));
    if (Array.isArray(value)) return this.list(value, indent);
    return isPlainObject(value) ? this.map(value, indent) : this.scalar(value);
  }

  private scalar(value: unknown): string {
    if (typeof value === 'number') return numberText(value);
    if (typeof value === 'boolean') return String(value);
    this.isOdd = true;
    return '';
  }

  private meet(collection: object, indent: string): void {
    if (this.seen.has(collection) || indent.length > DEEPEST * STEP.length) this.isOdd = true;
    this.seen.add(collection);
  }
}
