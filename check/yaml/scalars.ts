import type { ScalarTag, Tags } from 'yaml';

/**
 * What a plain scalar means to kubectl, whose reader is neither YAML 1.1 nor 1.2: `0o644` and `0644` are numbers, `yes` is
 * true, `22:22` and `2024-01-31` are texts. `read.real.test.ts` holds each of these against kubectl itself.
 */
export function asKubectl(tags: Tags): Tags {
  const kept = tags.filter((tag) => typeof tag === 'string' || !OTHERS.test(tag.tag));
  return [...kept, number, float, binary];
}

/** Numbers are ours; of a time, a set and the like kubectl knows nothing, and JSON has nothing to say them with. */
const OTHERS = /:(int|float|timestamp|binary|omap|pairs|set)$/;

const INTEGER = /^[-+]?(0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

/** Which of what begins like a number is one; the rest stays the text that it is. */
const number: ScalarTag = {
  ...{ tag: 'tag:yaml.org,2002:int', default: true },
  test: /^([-+]?\.?[0-9]|[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$)/,
  resolve(text, onError, { intAsBigInt }) {
    if (NOT_FINITE.test(text)) {
      onError('no number of JSON');
      return text;
    }
    // Go takes underscores out, but not behind a leading point.
    const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
    if (INTEGER.test(plain)) {
      const whole = integer(plain);
      return intAsBigInt ? whole : Number(whole);
    }
    return FLOAT.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : text;
  },
};

/** For what is tagged so: `!!float 1`. */
const float: ScalarTag = {
  ...{ tag: 'tag:yaml.org,2002:float', default: true, test: FLOAT },
  resolve: (text) => Number(text),
};

const binary: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  resolve: (text) => Buffer.from(text, 'base64').toString('utf8'),
};

function integer(text: string): bigint {
  const sign = text.startsWith('-') ? -1n : 1n;
  const digits = text.replace(/^[-+]/, '').toLowerCase();
  const isOldOctal = /^0[0-7]+$/.test(digits);
  return sign * BigInt(isOldOctal ? `0o${digits.slice(1)}` : digits);
}
