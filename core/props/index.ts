export { isCidr } from './cidr';
export { isPinned } from './image';
export { DNS_LABEL, DURATION, LABEL_VALUE, MEMORY } from './patterns';
export { prop } from './prop';
export { type Need, PropShape, type ShapeWords } from './prop-shape';
export { parseQuantity } from './quantity';
export { PropError, requireProps } from './require-props';
export type { PropCode, Requirement } from './requirement';
export type { FieldsOf } from './structures';
