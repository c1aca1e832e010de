import { sharedCluster } from '../cluster';
import { kinds } from '../imports/kinds';
import { Connection } from './connection';
import { create } from './create';
import { stringifyJson } from './json';
import { request } from './request';
import { type KubeObject, resource } from './resource';
import { scriptedServer, sendJson } from './testing-only/scripted-server';

jest.setTimeout(240_000);

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly 'x-kubernetes-group-version-kind'?: ReadonlyArray<{
    group: string;
    version: string;
    kind: string;
  }>;
}

/** An object with every field of a schema set, and a field that no schema knows beside them, at every level. */
class Filler {
  fields = 0;

  constructor(readonly definitions: Readonly<Record<string, Schema>>) {}

  fill(schema: Schema, within: readonly string[] = []): unknown {
    if (schema.$ref) {
      const name = schema.$ref.split('/').pop()!;
      // A schema that holds itself ends at its second turn.
      return within.includes(name) ? {} : this.fill(this.definitions[name]!, [...within, name]);
    }
    this.fields += 1;
    if (schema.type === 'array') return [this.fill(schema.items!, within)];
    const leaf = leaves[schema.format === 'int64' ? 'int64' : (schema.type ?? '')];
    return leaf === undefined ? this.#object(schema, within) : leaf;
  }

  #object(schema: Schema, within: readonly string[]): object {
    const known = Object.entries(schema.properties ?? {}).map(([key, inner]) => [
      key,
      this.fill(inner, within),
    ]);
    const map = schema.additionalProperties
      ? { 'a.b/c': this.fill(schema.additionalProperties, within) }
      : {};
    return { ...Object.fromEntries(known), ...map, futureField: { deep: [null, 1.5, ''] } };
  }
}

const leaves: Readonly<Record<string, unknown>> = {
  int64: 9007199254740993n,
  integer: 7,
  number: 0.25,
  boolean: false,
  string: 'text "with" \\ ünïcode\u2028',
};

test('every field that the OpenAPI of the server knows, and unknown ones beside each, pass through unchanged', async () => {
  const connection = new Connection({ kubeconfig: (await sharedCluster()).kubeconfig });
  const { definitions } = await request<{ definitions: Record<string, Schema> }>(connection, {
    method: 'GET',
    path: '/openapi/v2',
    resource: 'openapi',
    idempotent: true,
  });
  connection.close();
  const echo = await scriptedServer((seen, response) => sendJson(response, 201, seen.body));
  const here = echo.connect();
  const filler = new Filler(definitions);
  let count = 0;
  for (const definition of Object.values(definitions)) {
    const address = definition['x-kubernetes-group-version-kind']?.[0];
    const apiVersion = address && (address.group ? `${address.group}/${address.version}` : address.version);
    if (!address || !kinds[apiVersion!]?.[address.kind]) continue;
    const filled = filler.fill(definition) as KubeObject;
    const metadata = { ...filled.metadata, namespace: 'here' };
    const object = { ...filled, apiVersion: apiVersion!, kind: address.kind, metadata };
    const back = await create(here, resource(object.apiVersion, object.kind), object);
    expect(stringifyJson(back)).toBe(stringifyJson(object));
    count += 1;
  }
  await echo.close();
  expect(count).toBeGreaterThan(60);
  expect(filler.fields).toBeGreaterThan(10_000);
});
