import type { Service, Waker } from '../../controller';
import type { Connection } from '../../kube';
import type { Followers } from './followers';
import { PushBoard } from './push-board';
import { PushSecrets } from './push-secrets';
import { startPushServer } from './push-server';

export interface PushOptions {
  /** A file with what forges sign with, a line each. */
  readonly secretFile: string;
  /** Where they are taken; 0 for a free one. @default 8081 */
  readonly port?: number;
  /** @default - every address */
  readonly host?: string;
  /** Is told the port once messages are taken. */
  readonly onListening?: (port: number) => void;
}

export const PUSH_PORT = 8081;

/** Wakes the Applications of a branch that was pushed, from a message of its forge to whichever replica. */
export class Pushes {
  readonly #followers: Followers;
  readonly #forget: (mark: string) => void;
  #wake: (key: string) => void = () => {};

  /** @param forget what was known of a branch before */
  constructor(followers: Followers, forget: (mark: string) => void) {
    this.#followers = followers;
    this.#forget = forget;
  }

  /** While this process leads. */
  readonly waker: Waker = (wake) => {
    this.#wake = wake;
    return () => {
      this.#wake = () => {};
    };
  };

  /** @param connect a connection of its own: what is noted is no work of the leader, so it is not held to its term */
  service(
    { secretFile, port = PUSH_PORT, host, onListening = () => {} }: PushOptions,
    connect: () => Connection,
    name: string,
  ): Service {
    const secrets = new PushSecrets(secretFile);
    return async (signal) => {
      const connection = connect();
      const board = new PushBoard(connection, name);
      try {
        await board.follow((mark) => this.#arrived(mark), signal);
        const server = await startPushServer({
          ...{ port, host },
          secrets: () => secrets.now(),
          onPush: (marks) => board.note(marks),
        });
        onListening(server.port);
        return async () => {
          await server.close();
          connection.close();
        };
      } catch (error) {
        connection.close();
        throw error;
      }
    };
  }

  #arrived(mark: string): void {
    this.#forget(mark);
    for (const key of this.#followers.of(mark)) this.#wake(key);
  }
}
