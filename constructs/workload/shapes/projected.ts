import { type FieldsOf, prop } from '../../../core/props';
import type { ProjectedField, ProjectedSource, ProjectedToken, TokenOptions } from '../projected';
import { declaredSecret, isOneOfAMap, whole } from './env';
import { folder } from './folder';

/** What a folder is put together of, as the API server takes it. */

const FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const inFolder = prop.text({
  expected: 'a path inside of the folder, such as tls/ca.crt',
  remedy: 'Leave out the slash in front, and "..".',
  pattern: '^[^/\\n][^\\n]*$',
  maxLength: 4096,
  also: (path) => !path.startsWith('..') && !path.split('/').includes('..') && !path.includes('\0'),
});

const field = prop.text({
  expected: `one of ${FIELDS.join(', ')}, metadata.labels['KEY'] or metadata.annotations['KEY']`,
  remedy: 'Choose one of them. What else a pod knows of itself can be a variable.',
  also: (given) => FIELDS.includes(given) || isOneOfAMap(given),
});

const token = prop.object<TokenOptions>({
  audience: prop.text().required(),
  // A year at most: what the server takes is far more than what it gives.
  expirationSeconds: prop.integer({ min: 600, max: 31_536_000 }),
});

type Source<K extends string> = Extract<ProjectedSource, { readonly [key in K]: unknown }>;
const FROM_CONFIG_MAP: FieldsOf<Source<'configMapName'>> = {
  configMapName: prop.objectName().required(),
  ...whole,
  path: inFolder,
};
const FROM_SECRET: FieldsOf<Source<'secretName'>> = {
  secretName: prop.objectName().required(),
  ...whole,
  path: inFolder,
};
const DECLARED: FieldsOf<Source<'secret'>> = {
  secret: declaredSecret.required(),
  key: prop.dataKey().required(),
  path: inFolder,
};

const source = prop.forms(
  {
    configMapName: prop.object<Source<'configMapName'>>(FROM_CONFIG_MAP),
    secretName: prop.object<Source<'secretName'>>(FROM_SECRET),
    secret: prop.object<Source<'secret'>>(DECLARED),
    field: prop.object<ProjectedField>({ field: field.required(), path: inFolder.required() }),
    token: prop.object<ProjectedToken>({ token: token.required(), path: inFolder.required() }),
  },
  'an object with configMapName, secretName, a declared secret, field or token',
);

/** Folders by their path. */
export const projected = prop
  .map(
    folder,
    prop.list(source, { minItems: 1 }).inProgram(),
    'what a folder is put together of by its path, such as { "/etc/app": [{ configMapName: "app" }] }',
  )
  .inProgram();
