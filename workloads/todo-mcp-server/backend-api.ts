import { reach } from '../shared/reach';

/** The backend, asked in the name of a user. */
export class BackendApi {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly requestId: string,
  ) {}

  /** The JSON of an answer; undefined where it has none. A refusal throws with the backend's own words. */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.fetch(method, path, body);
    const text = await answer.text();
    if (answer.ok) return text === '' ? undefined : JSON.parse(text);
    throw new Refused(answer.status, messageIn(text) ?? `The backend answers with ${answer.status}.`);
  }

  private async fetch(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await reach(this.url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          'x-request-id': this.requestId,
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      });
    } catch {
      throw new Refused(503, 'The backend cannot be reached at the moment.');
    }
  }
}

/** What the backend refused, in words for the model and the user. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function messageIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text);
    const details = (error.details ?? []).map(
      ({ where, expected }: { where: string; expected: string }) => `${where}: expected ${expected}`,
    );
    return [error.message, ...details].join(' ');
  } catch {
    return undefined;
  }
}
