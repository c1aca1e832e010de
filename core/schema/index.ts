export type { Fault } from './fault';
export { type ObjectFaultsOptions, objectFaults } from './object-faults';
