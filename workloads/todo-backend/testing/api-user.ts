import { ApiContract } from './api-contract';

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers as what they are
  readonly json: any;
  readonly headers: Headers;
}

/** A client of the backend with a cookie, which holds every answer against the OpenAPI document. */
export class ApiUser {
  cookie: string | undefined;
  private readonly contract: ApiContract;

  constructor(
    private readonly url: string,
    document: unknown,
    readonly email: string,
    private readonly place: string,
  ) {
    this.contract = new ApiContract(document);
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
    return this.send(method, path, text, { ...type, ...headers });
  }

  /** The same with a body that may be no JSON. */
  async send(
    method: string,
    path: string,
    body: RequestInit['body'],
    headers: Record<string, string>,
  ): Promise<Answer> {
    const cookie: Record<string, string> = this.cookie === undefined ? {} : { cookie: this.cookie };
    const answer = await fetch(this.url + path, {
      method,
      body,
      headers: { 'x-forwarded-for': this.place, ...cookie, ...headers },
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.startsWith('application/json');
    const json = isJson ? JSON.parse(text) : undefined;
    this.contract.check(method, path, answer.status, json);
    const set = answer.headers.get('set-cookie');
    if (set) this.cookie = set.split(';')[0];
    return { status: answer.status, text, json, headers: answer.headers };
  }

  /** Adds a todo; its id. */
  async add(title: string): Promise<string> {
    const { json } = await this.ask('POST', '/todos', { title });
    return json.todo.id;
  }

  async titles(query = ''): Promise<string[]> {
    const { json } = await this.ask('GET', `/todos${query}`);
    return json.todos.map(({ title }: { title: string }) => title);
  }
}
