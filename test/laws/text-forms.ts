import type { Json } from '../../core/template/nodes';
import type { LawEngine, RenderInputs } from './engine';

/** A way to print the string `$s` into YAML, and how to find it again in what was read. */
export interface TextForm {
  /** What follows `- ` in a list; `$s` is the string. */
  readonly template: string;
  /** Where the string is in the list's item. @default the item itself */
  readonly place?: 'value of k' | 'only key';
}

/** Every form that a chart might use. */
export const textForms = {
  quote: { template: '{{ $s | quote }}' },
  'quote | replace "<" "\\\\u003c"': { template: '{{ $s | quote | replace "<" "\\\\u003c" }}' },
  toJson: { template: '{{ toJson $s }}' },
  'toYaml | nindent': { template: '{{ $s | toYaml | nindent 4 }}' },
  squote: { template: '{{ $s | squote }}' },
  'bare, between double quotes': { template: '"{{ $s }}"' },
  'bare, between single quotes': { template: "'{{ $s }}'" },
  'block, nindent': { template: '|-{{ $s | nindent 4 }}' },
  'map | toJson': { template: '{{ dict "k" $s | toJson }}', place: 'value of k' },
  'map | toYaml | nindent': { template: '{{ dict "k" $s | toYaml | nindent 4 }}', place: 'value of k' },
  'key, quote': { template: '{{ $s | quote }}: 1', place: 'only key' },
  'key of map | toYaml | nindent': { template: '{{ dict $s 1 | toYaml | nindent 4 }}', place: 'only key' },
} as const satisfies { readonly [name: string]: TextForm };

export type TextFormName = keyof typeof textForms;

/** Go template expressions that make a string of a code point `.`, and the same in JavaScript. */
export interface Context {
  readonly template: string;
  readonly text: (char: string) => string;
}

export const alone: Context = { template: 'printf "%c" .', text: (char) => char };

/** The code point first, in the middle and last. */
export const inside: Context = {
  template: 'printf "%cx%cy%c" . . .',
  text: (char) => `${char}x${char}y${char}`,
};

/** The code point between two pieces of text. */
export function between(piece: string): Context {
  const literal = JSON.stringify(piece);
  return { template: `printf "%s%c%s" ${literal} . ${literal}`, text: (char) => piece + char + piece };
}

const chartYaml = 'apiVersion: v2\nname: text\nversion: 1.0.0\n';
const SURROGATES = { from: 0xd800, to: 0xe000 };
const BATCH = 4096;

/** A chart that prints one form for each code point from `.Values.from` to before `.Values.to`. */
function chartOfCodePoints(form: TextForm, context: Context): { readonly [path: string]: string } {
  return {
    'Chart.yaml': chartYaml,
    'templates/list.yaml': `list:
{{- range untilStep (int .Values.from) (int .Values.to) 1 }}
{{- $s := ${context.template} }}
- ${form.template}
{{- end }}
`,
  };
}

/** A chart that prints one form for each string of `.Values.texts`. */
function chartOfTexts(form: TextForm): { readonly [path: string]: string } {
  return {
    'Chart.yaml': chartYaml,
    'templates/list.yaml': `list:\n{{- range $s := .Values.texts }}\n- ${form.template}\n{{- end }}\n`,
  };
}

/** Which items of a batch the form does not bring back, by halving: one bad item can spoil the whole document. */
async function lostOf<Item>(
  items: readonly Item[],
  read: (items: readonly Item[]) => Promise<readonly (string | undefined)[] | undefined>,
  text: (item: Item) => string,
): Promise<readonly Item[]> {
  const found = await read(items);
  if (found !== undefined && found.length === items.length) {
    return items.filter((item, index) => found[index] !== text(item));
  }
  if (items.length === 1) return items;
  const half = items.length >> 1;
  const left = await lostOf(items.slice(0, half), read, text);
  return left.concat(await lostOf(items.slice(half), read, text));
}

function textAt(item: Json | undefined, place: TextForm['place']): string | undefined {
  let found: Json | undefined = item;
  if (place !== undefined) {
    if (typeof item !== 'object' || item === null) return undefined;
    const entries = Object.entries(item);
    if (entries.length !== 1) return undefined;
    found = place === 'only key' ? entries[0]![0] : (entries[0]![1] as Json);
  }
  return typeof found === 'string' ? found : undefined;
}

async function readList(
  engine: LawEngine,
  form: TextForm,
  inputs: RenderInputs,
): Promise<readonly (string | undefined)[] | undefined> {
  const answer = await engine.render({ id: 'text-form' }, inputs);
  const list = answer.ok ? answer.objects[0]?.object.list : undefined;
  return Array.isArray(list) ? list.map((item: Json) => textAt(item, form.place)) : undefined;
}

/** Every code point below `end` that the form does not bring back, as ranges in hex. */
export async function lostCodePoints(
  engine: LawEngine,
  form: TextForm,
  context: Context,
  end: number,
): Promise<string> {
  await engine.load('text-form', { files: chartOfCodePoints(form, context) });
  const lost: number[] = [];
  for (let from = 0; from < end; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, end - from) }, (_, index) => from + index).filter(
      (code) => code < SURROGATES.from || code >= SURROGATES.to,
    );
    if (batch.length === 0) continue;
    const read = (items: readonly number[]) =>
      readList(engine, form, { set: [`from=${items[0]}`, `to=${items.at(-1)! + 1}`] });
    lost.push(...(await lostOf(batch, read, (code) => context.text(String.fromCodePoint(code)))));
  }
  return rangesOf(lost);
}

/** `.Values.texts` by `--set-json`, which is exact for every text. */
function textsByJson(texts: readonly string[]): RenderInputs {
  return { setJson: [`texts=${JSON.stringify(texts)}`] };
}

/** Every one of the texts that the form does not bring back. */
export async function lostTexts(
  engine: LawEngine,
  form: TextForm,
  texts: readonly string[],
  inputsOf: (texts: readonly string[]) => RenderInputs = textsByJson,
): Promise<readonly string[]> {
  await engine.load('text-form', { files: chartOfTexts(form) });
  const lost: string[] = [];
  for (let from = 0; from < texts.length; from += BATCH) {
    const read = (items: readonly string[]) => readList(engine, form, inputsOf(items));
    lost.push(...(await lostOf(texts.slice(from, from + BATCH), read, (text) => text)));
  }
  return lost;
}

/** Code points in ascending order as ranges: `7f-9f fffe-ffff`. */
export function rangesOf(codes: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last && last[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges
    .map(([from, to]) => (from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`))
    .join(' ');
}

/** Every string of at most `length` characters of an alphabet. */
export function shortTexts(alphabet: readonly string[], length: number): readonly string[] {
  let longest: readonly string[] = [''];
  const all = [...longest];
  for (let count = 0; count < length; count += 1) {
    longest = longest.flatMap((text) => alphabet.map((char) => text + char));
    all.push(...longest);
  }
  return all;
}
