import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { decode, encode, jsonText, text, treeOf } from '../../../core/template';
import { defineValues, value } from '../../../core/values';
import { DrydockError } from '../../../errors';
import { type Examples, on, PLANTED } from '../example';

const doc = 'd';
const values = defineValues({
  replicas: value.integer({ default: 1, doc }),
  motto: value.string({ default: '', doc }),
  note: value.string({ optional: true, doc }),
  login: value.secret({ doc, keys: { password: doc } }),
});
const login = () => defineValues({ login: value.secret({ doc, keys: { password: doc } }) });

/** A run with literals is a process of its own, which says its error as JSON. */
function literalOrder(): DrydockError {
  const program = path.join(__dirname, '../programs/literal-order.ts');
  const run = spawnSync(process.execPath, ['--import', 'tsx', program], { encoding: 'utf8' });
  const { code, ...facts } = JSON.parse(run.stdout);
  return new DrydockError(code, facts);
}

/** Declaring values, and what is done with them. */
export const valuesExamples: Examples = {
  DEFAULT_IN_OBJECT: on('a default of a whole object inside of another', () =>
    value.object(
      { backend: value.object({ port: value.port({ doc }) }, { default: { port: 80 }, doc }) },
      { doc },
    ),
  ),
  KEY_IS_EXPRESSION: on('a value as the key of a map', () =>
    treeOf({ [`${values.motto}`]: 'x' }, 'shop/config data'),
  ),
  LITERAL_ORDER: on('a program that declares other values when it is run with literals', literalOrder),
  NOT_A_VALUE: on('a number where a value is declared', () => defineValues({ replicas: 5 } as never)),
  NOT_DATA: on('a function in a manifest', () => treeOf({ data: () => 1 }, 'shop/config')),
  PATTERN_NOT_PORTABLE: on('a pattern with a lookahead', () =>
    value.string({ doc, pattern: '^(?=a).*$' } as never),
  ),
  SECRET_IN_DEFAULTS: on('a secret among the defaults of a subchart', () =>
    defineValues({ inner: value.subchart(login(), { values: { login: { password: PLANTED } } }) }),
  ),
  SECRET_WITHOUT_KEYS: on('a secret without keys', () => value.secret({ doc, keys: {} })),
  SUBCHART_CONDITION: on('a condition that is misspelt', () =>
    defineValues({
      on: value.boolean({ default: true, doc }),
      inner: value.subchart(undefined, { condition: 'onn' }),
    }),
  ),
  SUBCHART_TAG: on('a tag that is not declared', () =>
    defineValues({ inner: value.subchart(undefined, { tags: ['web'] }) }),
  ),
  TEMPLATE_TEXT: on('JSON that is no encoded template', () =>
    decode({ $drydock: ['launch', 1] }, new Map() as never),
  ),
  TEMPLATE_VALUE: on('a value of any text in the template of a sandbox', () =>
    jsonText(encode(treeOf({ image: values.motto }), new Map() as never), 'job.image'),
  ),
  UNKNOWN_SECRET_KEY: on('a key that a secret does not have', () => values.login.key('passwrd' as never)),
  VALUE_CHANGED: on('a value that was cut', () =>
    treeOf(`${values.motto}`.slice(0, -3), 'shop/config data.motto'),
  ),
  VALUE_NAME: on('a name that YAML or a template reads otherwise', () =>
    defineValues({ 'my-host': value.string({ default: '', doc }) }),
  ),
  VALUE_OPTION: on('a minimum above the maximum', () => value.integer({ default: 1, doc, min: 5, max: 2 })),
  VALUE_WITHOUT_DOC: on('a value without a description', () =>
    defineValues({ port: value.integer({ default: 1 } as never) }),
  ),
  WRONG_USE: on('a text that may hold undefined', () => text`image:${undefined as never}`),
};
