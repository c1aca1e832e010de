import { Expression, type Templated } from '../../core/template';
import type { Probe as KubeProbe } from '../../imports/k8s';
import { pick } from '../condition';
import { OWN_PORT, type Probe } from './probes';
import { type Word, words } from './variables';

/**
 * A probe as the container states it.
 *
 * @param portName what the port is called that a probe asks which names none
 */
export function probeField(probe: Probe | false, portName?: string): Templated<KubeProbe> | undefined {
  if (probe === false) return undefined;
  const { ask, enabled = true, ...timing } = probe;
  const asked = { ...arrivingAsk(portName === undefined ? ask : withPort(ask, portName)), ...timing };
  return pick(enabled, asked) as Templated<KubeProbe> | undefined;
}

/** The kubelet looks for variables in the command of a probe too. */
function arrivingAsk(ask: { readonly exec?: { readonly command?: readonly Word[] } }): object {
  const { exec } = ask;
  return exec instanceof Expression || exec === undefined
    ? ask
    : { ...ask, exec: { ...exec, command: words(exec.command) } };
}

/** A probe does not know of which service it is, so it names the port by a word that is replaced here. */
function withPort(ask: Probe['ask'], portName: string): object {
  const { httpGet, tcpSocket, ...others } = ask as {
    readonly httpGet?: { readonly port?: unknown };
    readonly tcpSocket?: { readonly port?: unknown };
  };
  const named = (how: { readonly port?: unknown }) =>
    how.port === OWN_PORT ? { ...how, port: portName } : how;
  return {
    ...others,
    ...(httpGet && { httpGet: named(httpGet) }),
    ...(tcpSocket && { tcpSocket: named(tcpSocket) }),
  };
}
