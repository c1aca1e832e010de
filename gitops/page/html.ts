import { printable } from '../../errors';

/** Text that is HTML already. Nothing but `html` makes one, so that nothing reaches the page unescaped. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The parts of a template that are written in this program. */
  static of(parts: TemplateStringsArray, values: readonly Content[]): Html {
    return new Html(parts.reduce((all, part, at) => `${all}${inHtml(values[at - 1])}${part}`));
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

/**
 * A piece of a page. What is put in is text, in an element and between the quotes of an attribute alike.
 *
 * @example
 * html`<td title="${message}">${name}</td>`;
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return Html.of(parts, values);
}

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function inHtml(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.toString();
  if (Array.isArray(content)) return content.map(inHtml).join('');
  return printable(String(content)).replace(/[&<>"']/g, (sign) => SIGNS[sign]!);
}
