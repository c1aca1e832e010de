import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Responses }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
type Responses = Readonly<Record<string, { content?: Record<string, { schema?: object }> }>>;

/** Says when an answer is not what the OpenAPI document says of its operation. */
export class ApiContract {
  private readonly document: Document;
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly compiled = new Map<object, ValidateFunction>();

  constructor(document: unknown) {
    this.document = document as Document;
    this.ajv.addSchema({ $id: 'api', components: this.document.components });
  }

  check(method: string, path: string, status: number, json: unknown): void {
    const operation = this.operationAt(method, path);
    // What has no operation is answered by the server itself.
    const response = operation?.responses[status];
    if (operation === undefined) return;
    if (response === undefined) throw new Error(`${method} ${path}: the document knows no answer ${status}`);
    const content = response.content?.['application/json'];
    if (content === undefined) {
      if (json !== undefined) throw new Error(`${method} ${path} ${status}: the document knows no JSON`);
      return;
    }
    const validate = this.validatorOf(content.schema ?? {});
    if (!validate(json)) {
      throw new Error(`${method} ${path} ${status}: ${this.ajv.errorsText(validate.errors)}`);
    }
  }

  private operationAt(method: string, path: string) {
    const asked = path.split('?')[0] ?? '';
    const found = Object.entries(this.document.paths).find(([pattern]) =>
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked),
    );
    return found?.[1][method.toLowerCase()];
  }

  private validatorOf(schema: object): ValidateFunction {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/'));
    const validate = this.compiled.get(schema) ?? this.ajv.compile(absolute);
    this.compiled.set(schema, validate);
    return validate;
  }
}
