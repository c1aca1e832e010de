import fc from 'fast-check';

/** JSON as it ends up in props by mistake: of the keys and texts that props know more often than of others. */

const TEXTS = ['', 'a', 'x:1', '/', '/a', '10.0.0.0/8', '1', '100m', '1Gi', 'true', '$(A)', 'ä', 'a b'];
const NUMBERS = [-1, 0, 1, 1.5, 80, 8080, 30_000, 70_000, 1e21];
const KEYS = [
  ...['name', 'path', 'size', 'host', 'tls', 'enabled', 'secretName', 'port', 'cidr', 'key', 'cpu', 'memory'],
  ...['ask', 'maxReplicas', 'liveness', 'exec', 'command', 'A'],
  ...['__proto__', 'constructor', 'toString', 'resolve', 'map'],
];

const leaf = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...NUMBERS),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
);

export const anyJson = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3 }),
})).value;
