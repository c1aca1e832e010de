import { type HelmVersion, LawEngine } from './engine';
import {
  alone,
  between,
  type Context,
  inside,
  lostCodePoints,
  lostTexts,
  rangesOf,
  shortTexts,
  type TextFormName,
  textForms,
} from './text-forms';
import { valuesFile } from './values-file';

const quote = textForms.quote;
const long = textForms['quote | replace "<" "\\\\u003c"'];

/** What Go's YAML reader refuses raw; JSON and toYaml leave it raw. */
const UNREADABLE = '7f-9f fffe-ffff';

/** The code points of the basic plane that a form loses: alone, and at the start, in the middle and at the end of a text. */
const losses: Readonly<Record<TextFormName, { readonly alone: string; readonly inside: string }>> = {
  quote: { alone: '', inside: '' },
  'quote | replace "<" "\\\\u003c"': { alone: '', inside: '' },
  'key, quote': { alone: '', inside: '' },
  toJson: { alone: UNREADABLE, inside: UNREADABLE },
  'map | toJson': { alone: UNREADABLE, inside: UNREADABLE },
  'map | toYaml | nindent': { alone: UNREADABLE, inside: UNREADABLE },
  'key of map | toYaml | nindent': { alone: UNREADABLE, inside: UNREADABLE },
  'toYaml | nindent': { alone: `a ${UNREADABLE}`, inside: `a ${UNREADABLE}` },
  squote: { alone: `0-8 a-1f 27 ${UNREADABLE}`, inside: `0-8 a-1f 27 ${UNREADABLE}` },
  'bare, between single quotes': {
    alone: `0-8 a-1f 27 ${UNREADABLE}`,
    inside: `0-8 a-1f 27 ${UNREADABLE}`,
  },
  'bare, between double quotes': {
    alone: `0-8 a-1f 22 5c ${UNREADABLE}`,
    inside: `0-8 a-1f 22 5c ${UNREADABLE}`,
  },
  'block, nindent': {
    alone: '0-20 7f-9f 2028-2029 fffe-ffff',
    inside: '0-20 7f-9f 2028-2029 202f fffe-ffff',
  },
};
const forms = Object.keys(losses) as TextFormName[];

/** Neighbours that could change what an escape or a fold means. */
const neighbours = ['<', '\\', '"', ' ', '\n', '\r\n', '{{', 'u00'];

/** Texts short enough to try all, made of what YAML looks at. */
const tricky = shortTexts(
  [' ', '\n', '\t', '\r', 'a', ':', '#', '-', '"', "'", '\\', '<', '>', '{', '|', '\u0085', '\u2028'],
  3,
);

/** Printable ASCII that a schema can prove a name, an image or a path to be made of. */
const plain = shortTexts([...` a0.,:;#-_/'{}[]()%@&*!|>?~=+$^\`y\t`], 3);

const noValue = ['<no value>', 'a<no value>b', '<no<no value> value>'];

// A minute of compilers on the same machine must not fail what only waits for them.
jest.setTimeout(600_000);

describe.each<HelmVersion>(['helm-4', 'helm-3'])('text through %s', (version) => {
  let engine: LawEngine;

  beforeAll(async () => {
    engine = await LawEngine.start(version);
  });

  afterAll(async () => {
    await engine?.stop();
  });

  describe('over the basic plane', () => {
    test.each(forms)(
      '%s loses exactly what the table says',
      async (name) => {
        const lost = (context: Context) => lostCodePoints(engine, textForms[name], context, 0x10000);
        expect({ alone: await lost(alone), inside: await lost(inside) }).toEqual(losses[name]);
      },
      60_000,
    );
  });

  describe('over short texts of what YAML looks at', () => {
    test('quote and its long form lose none', async () => {
      expect(await lostTexts(engine, quote, tricky)).toEqual([]);
      expect(await lostTexts(engine, long, tricky)).toEqual([]);
      expect(await lostTexts(engine, textForms['key, quote'], tricky)).toEqual([]);
    });

    test('toJson loses those with U+0085 only', async () => {
      const lost = tricky.filter((text) => text.includes('\u0085'));
      expect(await lostTexts(engine, textForms.toJson, tricky)).toEqual(lost);
      expect(await lostTexts(engine, textForms['map | toJson'], tricky)).toEqual(lost);
    });

    test('toYaml loses more than that: line ends beside U+2028, and the key <<', async () => {
      const readable = tricky.filter((text) => !text.includes('\u0085'));
      const values = await lostTexts(engine, textForms['map | toYaml | nindent'], readable);
      expect(values.length).toBeGreaterThan(0);
      expect(values.filter((text) => !(text.includes('\n') && text.includes('\u2028')))).toEqual([]);
      const keys = await lostTexts(engine, textForms['key of map | toYaml | nindent'], readable);
      expect(keys.filter((text) => !(text.includes('\n') && text.includes('\u2028')))).toEqual(['<<']);
    });

    test('bare between double quotes loses none of plain ASCII without quotes, backslashes and <', async () => {
      expect(await lostTexts(engine, textForms['bare, between double quotes'], plain)).toEqual([]);
    });
  });

  describe('the text <no value>', () => {
    const safe: readonly TextFormName[] = ['quote | replace "<" "\\\\u003c"', 'toJson', 'map | toJson'];

    test.each(safe)('survives %s', async (name) => {
      expect(await lostTexts(engine, textForms[name], noValue)).toEqual([]);
    });

    test.each(forms.filter((name) => !safe.includes(name)))('is deleted from %s', async (name) => {
      expect(await lostTexts(engine, textForms[name], noValue)).toEqual(noValue);
      expect(await lostTexts(engine, textForms[name], ['<no', 'value>', '<no-value>'])).toEqual([]);
    });
  });

  test.each([
    ['k', 1_022],
    ['\u{1f600}', 1_022],
    // Printed as \x01
    ['\u0001', 255],
  ])('a key holds 1,022 characters, counted as they are printed: %j %d times', async (char, most) => {
    const keys = [char.repeat(most), char.repeat(most + 1)];
    expect(await lostTexts(engine, textForms['key, quote'], keys)).toEqual([keys[1]]);
  });

  describe('a values file', () => {
    const basicPlane = scalarValues(0x10000).map((char) => inside.text(char));
    const codes = (texts: readonly string[]) => rangesOf(texts.map((text) => text.codePointAt(0)!));

    test('as plain JSON is refused for what the YAML reader refuses', async () => {
      const json = (texts: readonly string[]) => ({ valueFiles: [JSON.stringify({ texts })] });
      expect(codes(await lostTexts(engine, long, basicPlane, json))).toBe(UNREADABLE);
    });

    test('is refused with an escaped surrogate pair', async () => {
      const escaped = () => ({ valueFiles: ['{"texts": ["\\ud83d\\ude00"]}'] });
      expect(await lostTexts(engine, long, ['\u{1f600}'], escaped)).toEqual(['\u{1f600}']);
    });

    test('as we write it brings every text', async () => {
      const ours = (texts: readonly string[]) => ({ valueFiles: [valuesFile({ texts })] });
      expect(await lostTexts(engine, long, [...basicPlane, ...tricky, ...noValue], ours)).toEqual([]);
    });

    test('as plain JSON loses a line separator beside a space', async () => {
      const json = (texts: readonly string[]) => ({ valueFiles: [JSON.stringify({ texts })] });
      expect(await lostTexts(engine, long, ['a\u2028b', 'a\u2028 b'], json)).toEqual(['a\u2028 b']);
    });

    test('as we write it brings numbers, keys and structure', async () => {
      const data = {
        n: [0, 1e21, 1e-7, 1e6, 2 ** 53],
        y: { '': 1, '<<': 2, '1': true, on: [] },
        'a:b': {},
        zero: -0,
      };
      const files = {
        'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
        'templates/a.yaml': 'seen: {{ toJson .Values }}\nzero: {{ quote .Values.zero }}\n',
      };
      const answer = await engine.render({ files }, { valueFiles: [valuesFile(data)] });
      // In the printed YAML -0 is the integer 0; the text shows that Helm itself had the sign.
      expect(answer).toMatchObject({
        ok: true,
        objects: [{ object: { seen: { ...data, zero: 0 }, zero: '-0' } }],
      });
    });
  });
});

describe('text through helm-4', () => {
  let engine: LawEngine;

  beforeAll(async () => {
    engine = await LawEngine.start('helm-4');
  });

  afterAll(async () => {
    await engine?.stop();
  });

  test.each(neighbours)('quote and its long form do not mind the neighbour %j', async (piece) => {
    expect(await lostCodePoints(engine, quote, between(piece), 0x10000)).toBe('');
    expect(await lostCodePoints(engine, long, between(piece), 0x10000)).toBe('');
  });

  test('<no value> is deleted when it is put together from pieces, too', async () => {
    const files = {
      'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
      'templates/a.yaml': 'a: "<no {{ .Values.x }}>"\nb: {{ printf "<no %s>" .Values.x | quote }}\n',
    };
    const answer = await engine.render({ files }, { set: ['x=value'] });
    expect(answer).toMatchObject({ ok: true, objects: [{ object: { a: '', b: '' } }] });
  });

  describe('beyond the basic plane', () => {
    // Neither Go's quoting nor YAML looks at neighbours there, so one text can try many code points.
    const perRow = 64;
    const rows = Array.from({ length: 0x100000 / perRow }, (_, row) =>
      Array.from({ length: perRow }, (_, cell) => String.fromCodePoint(0x10000 + row * perRow + cell)).join(
        '',
      ),
    );
    const firstOf = (lost: readonly string[]) => rangesOf(lost.map((row) => row.codePointAt(0)!));

    test('every code point is tried', () => {
      expect(new Set(rows.join('')).size).toBe(0x110000 - 0x10000);
    });

    test.each<TextFormName>([
      'quote',
      'quote | replace "<" "\\\\u003c"',
      'key, quote',
      'toJson',
      'map | toYaml | nindent',
      'bare, between double quotes',
    ])('%s loses none', async (name) => {
      expect(firstOf(await lostTexts(engine, textForms[name], rows))).toBe('');
    });

    test('a values file as we write it loses none', async () => {
      const ours = (texts: readonly string[]) => ({ valueFiles: [valuesFile({ texts })] });
      expect(firstOf(await lostTexts(engine, long, rows, ours))).toBe('');
    });
  });
});

function scalarValues(end: number): readonly string[] {
  const chars: string[] = [];
  for (let code = 0; code < end; code += 1) {
    if (code < 0xd800 || code >= 0xe000) chars.push(String.fromCodePoint(code));
  }
  return chars;
}
