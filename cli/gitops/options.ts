import { Connection } from '../../kube';
import { UsageError } from '../command';

export const connectOptions = {
  namespace: { type: 'string', short: 'n' },
  context: { type: 'string' },
  kubeconfig: { type: 'string' },
  'allow-exec-plugin': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const CONNECT_HELP = `  -n, --namespace NAME     where the Application is (default: the context's)
      --context NAME       a context of the kubeconfig (default: its current one)
      --kubeconfig FILE    (default: $KUBECONFIG, then ~/.kube/config)
      --allow-exec-plugin  lets the kubeconfig run a program for its credentials
`;

export interface ConnectValues {
  readonly namespace?: string | undefined;
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly 'allow-exec-plugin': boolean;
}

export async function connected<T>(
  { namespace, context, kubeconfig, 'allow-exec-plugin': allowExecPlugin }: ConnectValues,
  act: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = new Connection({ namespace, context, kubeconfig, allowExecPlugin });
  try {
    return await act(connection);
  } finally {
    connection.close();
  }
}

/** The one name that a command takes, or none. */
export function onlyName(command: string, positionals: readonly string[]): string | undefined {
  const [name, more] = positionals;
  if (more !== undefined)
    throw new UsageError(
      `${command} takes one Application, not "${positionals.join(' ')}"`,
      'drydock gitops --help',
    );
  return name;
}
