/**
 * Names of images, and lists of images that may run. One definition for the values of a chart, the admission policy and
 * the runtime: the patterns mean the same to JavaScript and to RE2, which helm and the API server use.
 */
const COMPONENT = '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*';
const HOST_WITH_PORT = '[a-z0-9]+((\\.|-+)[a-z0-9]+)*:[0-9]{1,5}';
const PATH = `(${HOST_WITH_PORT}/)?${COMPONENT}(/${COMPONENT})*`;
const TAG = ':[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '@sha256:[a-f0-9]{64}';
const PINNED = `${PATH}(${TAG}|(${TAG})?${DIGEST})`;

/** A whole reference with a tag or a digest. */
export const IMAGE_PATTERN = `^${PINNED}$`;
/** A reference that may lack both. */
export const UNPINNED_IMAGE_PATTERN = `^${PATH}(${TAG})?(${DIGEST})?$`;
/** The parts of a reference by themselves; a digest may be left empty. */
export const REPOSITORY_PATTERN = `^${PATH}$`;
export const TAG_PATTERN = `^${TAG.slice(1)}$`;
export const DIGEST_PATTERN = `^(${DIGEST.slice(1)})?$`;
/** An entry of a list of images that may run: a whole reference, or all below a path: `registry.example.com/ci/*`. */
export const ALLOWED_IMAGE_PATTERN = `^(${PINNED}|(${PATH}|${HOST_WITH_PORT})/\\*)$`;

/** More than any registry takes: a name of 255, a tag of 128 and a digest. */
export const MOST_OF_IMAGE = 512;

const IMAGE = new RegExp(IMAGE_PATTERN);
const ALLOWED_IMAGE = new RegExp(ALLOWED_IMAGE_PATTERN);

export function isImage(text: string): boolean {
  return IMAGE.test(text);
}

export function isAllowedImage(entry: string): boolean {
  return ALLOWED_IMAGE.test(entry);
}

/**
 * Whether a list lets an image run: an entry is the image, or ends with `/*` and the image lies below it. Path
 * components are whole, so `reg.example.com/*` lets nothing of `reg.example.com.evil.net` in; an entry of any other
 * form lets nothing in.
 */
export function letsRun(entries: readonly string[], image: string): boolean {
  if (image.length > MOST_OF_IMAGE) return false;
  return isImage(image) && entries.some((entry) => isAllowedImage(entry) && covers(entry, image));
}

function covers(entry: string, image: string): boolean {
  return entry.endsWith('/*') ? image.startsWith(entry.slice(0, -1)) : image === entry;
}
