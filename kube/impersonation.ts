/** In whose name calls are made, as the `as…` fields of a kubeconfig user say it. */
export type ImpersonationHeaders = Readonly<Record<string, string | string[]>>;

/** The headers for the `as…` fields of a user, or what is wrong with them. */
export function impersonation(
  user: Readonly<Record<string, unknown>>,
): ImpersonationHeaders | { wrong: string } {
  const { as, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = user;
  const others = [uid, groups, extra].some((given) => given !== undefined && given !== null && given !== '');
  if (!as) return others ? { wrong: '`as-uid`, `as-groups` or `as-user-extra` without `as`' } : {};
  if (typeof as !== 'string') return { wrong: '`as` that is no text' };
  if (uid !== undefined && uid !== null && typeof uid !== 'string')
    return { wrong: '`as-uid` that is no text' };
  if (!isTexts(groups)) return { wrong: '`as-groups` that is no list of texts' };
  if (!isExtra(extra)) return { wrong: '`as-user-extra` that is no mapping of lists of texts' };
  const headers: Record<string, string | string[]> = { 'Impersonate-User': as };
  if (uid) headers['Impersonate-Uid'] = uid;
  if (groups?.length) headers['Impersonate-Group'] = groups;
  for (const [key, values] of Object.entries(extra ?? {})) {
    if (values?.length) headers[`Impersonate-Extra-${inHeaderName(key)}`] = values;
  }
  return headers;
}

function isTexts(given: unknown): given is string[] | undefined | null {
  return given == null || (Array.isArray(given) && given.every((item) => typeof item === 'string'));
}

function isExtra(given: unknown): given is Readonly<Record<string, string[] | null>> | undefined | null {
  if (given == null) return true;
  return typeof given === 'object' && !Array.isArray(given) && Object.values(given).every(isTexts);
}

/** Keys such as `example.com/team` have characters that no name of a header has. */
function inHeaderName(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(letter)
        ? letter
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
