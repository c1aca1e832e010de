import type { Templated } from '../../core/template';
import type { Probe as KubeProbe } from '../../imports/k8s';
import type { Condition } from '../condition';
import type { Word } from './variables';

/** A placeholder for the service's own port; `probeFields` replaces it with the name of the port. */
export const OWN_PORT = 'http';

/** When a probe runs and how much it takes to believe it. */
export interface ProbeTiming {
  /** Whether it is asked at all, for a probe that whoever installs may switch off. */
  readonly enabled?: Condition;
  /** Wait before the first try. */
  readonly initialDelaySeconds?: Templated<number | undefined>;
  /** From one try to the next. */
  readonly periodSeconds?: Templated<number | undefined>;
  /** How long an answer may take. */
  readonly timeoutSeconds?: Templated<number | undefined>;
  /** How many failures in a row count. */
  readonly failureThreshold?: Templated<number | undefined>;
  /** How many successes in a row count; liveness and startup take 1 only. */
  readonly successThreshold?: Templated<number | undefined>;
}

/** A way to ask a container whether it is well. */
export interface Probe extends ProbeTiming {
  /** What is asked, as the container states it; the words of an `exec` arrive as they are written. */
  readonly ask: Templated<Pick<KubeProbe, 'httpGet' | 'tcpSocket' | 'exec' | 'grpc'>>;
}

/**
 * The kinds of probe that there are.
 *
 * @example
 * new SecureService(shop, 'web', {
 *   image: 'registry.example.com/shop:1.4.2',
 *   port: 8080,
 *   resources: 'small',
 *   probes: { liveness: Probe.tcp(), readiness: Probe.http('/ready', { periodSeconds: 5 }) },
 * });
 */
export const Probe = {
  /** An HTTP GET that is answered with 200 to 399. */
  http(
    path: Templated<string>,
    timing: ProbeTiming & { readonly port?: Templated<number>; readonly scheme?: 'HTTP' | 'HTTPS' } = {},
  ): Probe {
    const { port, scheme, ...rest } = timing;
    return { ask: { httpGet: { path, port: port ?? OWN_PORT, scheme } }, ...rest };
  },
  /** A TCP connection that is accepted. */
  tcp(timing: ProbeTiming & { readonly port?: Templated<number> } = {}): Probe {
    const { port, ...rest } = timing;
    return { ask: { tcpSocket: { port: port ?? OWN_PORT } }, ...rest };
  },
  /** A command in the container that ends with 0. Its words arrive as they are written, as those of `command` do. */
  exec(command: readonly Word[], timing: ProbeTiming = {}): Probe {
    return { ask: { exec: { command: command as readonly Templated<string>[] } }, ...timing };
  },
  /** The standard gRPC health check. */
  grpc(port: Templated<number>, timing: ProbeTiming & { readonly service?: string } = {}): Probe {
    const { service, ...rest } = timing;
    return { ask: { grpc: { port, service } }, ...rest };
  },
} as const;

/** The three questions that Kubernetes asks; `false` leaves one out. Where no HTTP is spoken, a connection is enough. */
export interface Probes {
  /**
   * Whether the process works; it is restarted when not. `false`: a process that hangs hangs until somebody looks.
   * @default Probe.http('/health', { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5 })
   */
  readonly liveness?: Probe | false;
  /**
   * Whether it takes requests now; it gets none while not. `false`: requests come before the service is up.
   * @default Probe.http('/ready', { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 5 })
   */
  readonly readiness?: Probe | false;
  /**
   * Whether it has started; the others wait for it. `false`: a slow start is taken for a hanging process.
   * @default Probe.http('/health', { periodSeconds: 2, failureThreshold: 30, timeoutSeconds: 5 })
   */
  readonly startup?: Probe | false;
}
