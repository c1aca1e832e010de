/** Words that YAML 1.1 reads as a boolean or as null; any mix of case counts, to stay on the safe side. */
const WORDS = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);
const LONGEST_WORD = 5;

const NAME = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;
/** Printable ASCII that starts with none of YAML's indicators, nor with what a number can start with. */
const SENTENCE = /^[A-Za-z_/$(][ -~]*$/;
const BREAKS_SENTENCE = /: | #|[ :]$/;
/** A digit first, and a letter that no YAML 1.1 number, time or date contains: `500m`, `1Gi`, `25-bookworm`. */
const QUANTITY = /^[0-9][A-Za-z0-9_./-]*$/;
const LETTER_OF_NO_NUMBER = /[g-su-wyG-SU-WY]/;
/** YAML 1.1 as the library knows it takes a mere exponent for a number. */
const EXPONENT = /^[eE][-+]?[0-9]+$/;
const IP_ADDRESS = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;

/**
 * True for text that YAML 1.1 surely reads as the same text without quotes, wherever it is in a block. Most text of
 * a manifest is; what is not plainly safe is false here, and the library decides.
 */
export function isPlainText(text: string): boolean {
  if (text.length <= LONGEST_WORD && WORDS.has(text.toLowerCase())) return false;
  if (EXPONENT.test(text)) return false;
  if (NAME.test(text)) return true;
  if (SENTENCE.test(text)) return !BREAKS_SENTENCE.test(text);
  return (QUANTITY.test(text) && LETTER_OF_NO_NUMBER.test(text)) || IP_ADDRESS.test(text);
}
