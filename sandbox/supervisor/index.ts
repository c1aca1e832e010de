export { bootCommand } from './boot';
export { type Answer, Channel, type ChannelEvents, type StreamNumber } from './channel';
export { CHUNK_BYTES, windowsOf } from './frames';
export { type OpenOptions, openSupervisor } from './open-supervisor';
export { supervisorProgram } from './program';
export type { PodFate, SandboxHost } from './sandbox-host';
export { sendAll } from './send-all';
export { Supervisor, type SupervisorEnd } from './supervisor';
export type { Transport } from './transport';
