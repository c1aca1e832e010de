import { cidr } from './cidr';
import { image } from './image';
import {
  absolutePath,
  dataKey,
  dnsLabel,
  duration,
  envName,
  host,
  labelKey,
  labelValue,
  objectName,
  portName,
  serviceName,
  urlPath,
} from './kubernetes-texts';
import { boolean, flag, integer, nodePort, port } from './numbers';
import type { PropShape } from './prop-shape';
import { bytes, cpu } from './quantity';
import { byKind, custom, data, exactly, forms, list, map, object } from './structures';
import { oneOf, text } from './texts';

/** Labels, as metadata and selectors have them. */
function labels(value: PropShape = labelValue()): PropShape {
  return map(labelKey(), value, 'labels, such as { team: "shop" }');
}

/** Annotations: keys as labels have them, and any text. */
function annotations(): PropShape {
  return map(
    labelKey(),
    text({ minLength: 0 }).orAbsent(),
    'annotations, such as { "example.com/owner": "shop" }',
  );
}

/** The shapes of props: `prop.object<MyProps>({ port: prop.port().required() })`. */
export const prop = {
  absolutePath,
  annotations,
  boolean,
  byKind,
  bytes,
  cidr,
  cpu,
  custom,
  data,
  dataKey,
  dnsLabel,
  duration,
  envName,
  exactly,
  flag,
  forms,
  host,
  image,
  integer,
  labelKey,
  labels,
  labelValue,
  list,
  map,
  nodePort,
  object,
  objectName,
  oneOf,
  port,
  portName,
  serviceName,
  text,
  urlPath,
} as const;
