import type { Service } from '../../controller';
import type { Connection } from '../../kube';
import type { Sources } from '../source/sources';
import { type LookOptions, PageData } from './page-data';
import { startPageServer } from './page-server';

export interface PageOptions {
  /** 0 for a free one. @default 8082 */
  readonly port?: number;
  /**
   * Who reaches it sees all Applications, their objects and their diffs: there is no sign-in. By another address it has to be
   * behind something that knows who asks.
   * @default '127.0.0.1' - this machine, and in a pod `kubectl port-forward`
   */
  readonly host?: string;
  /** By which names it is asked for beside `localhost`, such as that of the proxy before it. @default - none */
  readonly names?: readonly string[];
  /** Is told the port once it answers. */
  readonly onListening?: (port: number) => void;
}

export const PAGE_PORT = 8082;
export const PAGE_HOST = '127.0.0.1';

/**
 * The page of all Applications, in every replica.
 *
 * @param connect a connection that lets nothing be written
 */
export function pageService(
  { port = PAGE_PORT, host = PAGE_HOST, names = [], onListening = () => {} }: PageOptions,
  connect: () => Connection,
  namespace: string,
  sources: Pick<Sources, 'of'>,
  options: LookOptions,
): Service {
  return async (signal) => {
    const connection = connect();
    try {
      const data = await PageData.open(connection, namespace, sources, options, signal);
      const server = await startPageServer({
        port,
        host,
        names: names.map((name) => name.toLowerCase()),
        data,
      });
      onListening(server.port);
      return async () => {
        await server.close();
        data.close();
        connection.close();
      };
    } catch (error) {
      connection.close();
      throw error;
    }
  };
}
