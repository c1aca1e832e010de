/** The code of an error as a condition has it: `SOURCE_DENIED` is `SourceDenied`. */
export function reasonOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  const words = typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : 'FAILED';
  return words.replace(
    /([A-Z])([A-Z0-9]*)_?/g,
    (_all, first: string, rest: string) => first + rest.toLowerCase(),
  );
}
