import { groupOf, isRecord, type KubeObject } from '../../kube';

/**
 * A Secret with its texts where the server keeps them. The server itself moves `stringData` to `data`, but it notes the
 * owner of a field where it was written: a key that is taken out of `stringData` would stay in `data` for ever.
 */
export function withoutStringData(object: KubeObject): KubeObject {
  const { stringData, data, ...rest } = object as KubeObject & Readonly<Record<string, unknown>>;
  const isSecret = object.kind === 'Secret' && groupOf(object.apiVersion) === '';
  if (!isSecret || !isRecord(stringData)) return object;
  const texts = Object.entries(stringData);
  // What is no text is for the server to refuse.
  if (!texts.every(([, text]) => typeof text === 'string')) return object;
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text as string).toString('base64')]);
  return { ...rest, data: { ...(isRecord(data) ? data : {}), ...Object.fromEntries(encoded) } } as KubeObject;
}
