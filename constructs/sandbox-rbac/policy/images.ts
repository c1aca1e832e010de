import { ALLOWED_IMAGE_PATTERN, IMAGE_PATTERN, MOST_OF_IMAGE } from '../../../core/template';
import { celText } from './cel';

/** `letsRun` as CEL: of an image, and of a list that is one text, since neither holds a comma. */
export function letsRunInCel(image: string, list: string): string {
  const below = `${image}.startsWith(allowed.substring(0, allowed.size() - 1))`;
  const covers = `allowed.endsWith('/*') ? ${below} : ${image} == allowed`;
  const entry = `allowed.matches(${celText(ALLOWED_IMAGE_PATTERN)}) && (${covers})`;
  return `${image}.size() <= ${MOST_OF_IMAGE} && ${image}.matches(${celText(IMAGE_PATTERN)}) && ${list}.split(',').exists(allowed, ${entry})`;
}
