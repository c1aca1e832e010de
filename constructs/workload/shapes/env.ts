import { type FieldsOf, type PropShape, prop } from '../../../core/props';
import { Expression } from '../../../core/template';
import { SecretValue } from '../../../core/values';
import type { FromConfigMap, FromField, FromResource, FromSecret } from '../env';
import type { FileOfConfigMap, FileOfSecret } from '../files';
import type { WithVariables } from '../variables';
import { folder } from './folder';

const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const ONE_OF_A_MAP = /^metadata\.(labels|annotations)\['([^']+)'\]$/;
const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'].flatMap((what) => [
  `limits.${what}`,
  `requests.${what}`,
]);

/** A key of something that others keep; its content is not here, so nothing of it is shown. */
const key = { key: prop.dataKey().required(), optional: prop.flag(), version: prop.text({ minLength: 0 }) };

const FROM_SECRET: FieldsOf<FromSecret> = { secretName: prop.objectName().required(), ...key };
const FROM_CONFIG_MAP: FieldsOf<FromConfigMap> = { configMapName: prop.objectName().required(), ...key };
const FROM_FIELD: FieldsOf<FromField> = {
  field: prop
    .text({
      expected: `one of ${FIELDS.join(', ')}, metadata.labels['KEY'] or metadata.annotations['KEY']`,
      remedy: 'Choose one of them.',
      also: isField,
    })
    .required(),
};
const FROM_RESOURCE: FieldsOf<FromResource> = {
  resource: prop.oneOf(RESOURCES).required(),
  divisor: prop.oneOf(['1', '1m', '1k', '1M', '1G', '1Ki', '1Mi', '1Gi']),
};

function isField(field: string): boolean {
  return FIELDS.includes(field) || isOneOfAMap(field);
}

/** Whether it is one label or one annotation of the pod. */
export function isOneOfAMap(field: string): boolean {
  const [, , name = ''] = ONE_OF_A_MAP.exec(field) ?? [];
  return prop.labelKey().requirements(name, '').length === 0;
}

const withVariables = prop.object<WithVariables>({
  withVariables: prop.text({ minLength: 0, isSecret: true }).required(),
});

const text = prop.text({ minLength: 0 });
/** One word of a command; one that may be absent is left out. */
export const word = prop
  .byKind({ text: text.orAbsent(), number: text, boolean: text, object: withVariables }, 'a text')
  .orAbsent();

const FORMS = {
  withVariables,
  secretName: prop.object<FromSecret>(FROM_SECRET),
  configMapName: prop.object<FromConfigMap>(FROM_CONFIG_MAP),
  field: prop.object<FromField>(FROM_FIELD),
  resource: prop.object<FromResource>(FROM_RESOURCE),
  secret: prop.custom((given) => (given as { readonly secret?: unknown }).secret instanceof SecretValue, {
    expected: 'what values.NAME.key("...") of a declared secret gives',
    remedy: 'Declare the secret with value.secret, and give one of its keys.',
  }),
};
const EXPECTED =
  'a text, a number, true or false, or an object with secretName, configMapName, field, resource or a declared secret';

/** A key of a Secret, wherever that comes from. */
export const secretShape = prop.forms(
  { secretName: FORMS.secretName, secret: FORMS.secret },
  'a key of a Secret: { secretName, key }, or what values.NAME.key("...") gives',
);

/** A number that is written as one; NaN comes of a mistake. */
const number = prop.custom((given) => given instanceof Expression || Number.isFinite(given), {
  expected: 'a number',
  remedy: 'Correct what the number comes from.',
});

/** Environment variables: texts, which may be secrets and are in no error, or where to find one. */
export function envShape(): PropShape {
  const source = prop.byKind(
    {
      text: prop.text({ minLength: 0, isSecret: true }).orAbsent(),
      number: number.orAbsent(),
      boolean: prop.boolean().orAbsent(),
      object: prop.forms(FORMS, EXPECTED),
    },
    EXPECTED,
  );
  return prop
    .map(prop.envName(), source.orAbsent(), 'variables by name, such as { LOG_LEVEL: "info" }')
    .inProgram('Give a map of values as `extraEnv`, or write the variables one by one.');
}

/** A declared secret itself, beside the key of it that is meant. */
export const declaredSecret = prop.custom((given) => given instanceof SecretValue, {
  expected: 'what values.NAME.key("...") of a declared secret gives',
  remedy: 'Declare the secret with value.secret, and give one of its keys.',
});

/** A key, or all of it as a folder. */
export const whole = { key: prop.dataKey(), optional: prop.flag(), version: prop.text({ minLength: 0 }) };

/** Files by their path. */
export const files = prop
  .map(
    folder,
    prop.forms(
      {
        configMapName: prop.object<FileOfConfigMap>({
          configMapName: prop.objectName().required(),
          ...whole,
        }),
        secretName: prop.object<FileOfSecret>({ secretName: prop.objectName().required(), ...whole }),
        secret: FORMS.secret,
      },
      'an object with configMapName, secretName or a declared secret',
    ),
    'where files come from by their path, such as { "/etc/app/app.yaml": { configMapName: "app", key: "app.yaml" } }',
  )
  .inProgram();
