export { isCidr } from './cidr';
export { isPinned } from './image';
export {
  CIDR_VALUE,
  DATA_KEY,
  DNS_LABEL,
  DNS_SUBDOMAIN,
  DURATION,
  HOST,
  LABEL_KEY,
  LABEL_VALUE,
  MEMORY,
  SCHEDULE,
} from './patterns';
export { prop } from './prop';
export { type Need, PropShape, type ShapeWords } from './prop-shape';
export { parseQuantity } from './quantity';
export { PropError, requireProps } from './require-props';
export type { PropCode, Requirement } from './requirement';
export type { FieldsOf } from './structures';
