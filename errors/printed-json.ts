/**
 * The value of a text that is JSON as programs write it (`JSON.stringify`, `kubectl -o json`), which is read in a tenth of the
 * time. Of any other text nothing: it is to be read as the YAML that it is too, which says where it is wrong, and sees a key
 * that is there twice.
 */
export function printedJson(text: string): object | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: object = JSON.parse(text);
    const isTheSame = (indent?: number) => JSON.stringify(value, null, indent) === text.trimEnd();
    return isTheSame() || isTheSame(2) || isTheSame(4) ? value : undefined;
  } catch {
    return undefined;
  }
}
