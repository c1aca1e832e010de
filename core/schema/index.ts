export type { Fault } from './fault';
export {
  groupOf,
  type Held,
  holdAgainstSchema,
  type ObjectFaultsOptions,
  objectFaults,
} from './object-faults';
export { quantityOf } from './quantity';
