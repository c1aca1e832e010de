import { isNode, isScalar, isTreeList, isTreeMap, type Tree } from '../template';
import type { ChartObject } from './model';
import { goString } from './print/go-string';
import { pipeline, presence, trim } from './print/pipeline';
import { inText } from './print/scalar';
import type { Scope } from './print/scope';
import { and, or, type Truth } from './print/truth';

/** A line for people, and when it is true. */
interface Way {
  readonly cond: Truth;
  readonly lines: readonly string[];
}

type Map = { readonly [key: string]: Tree };

/**
 * Where a chart is reached, read from its objects: the hosts of Ingresses and routes, ports of the nodes, and where none of
 * these is open, the command that forwards a port. Objects in a loop are left out, for their names are known to it alone.
 */
export function addressLines(objects: readonly ChartObject[], scope: Scope): string[] {
  const single = objects.filter(({ guards }) => guards.every(({ kind }) => kind === 'when'));
  const open = single.flatMap((object) => waysIn(object, scope));
  const services = single.flatMap((object) => forwards(object, scope));
  if (open.length === 0 && services.length === 0) return [];
  const isOpen = open.map(({ cond }) => cond).reduce<Truth>(or, false);
  return ['', 'Where it is reached:', ...open.flatMap(under), ...otherwise(isOpen, services.flatMap(under))];
}

function under({ cond, lines }: Way): readonly string[] {
  if (typeof cond === 'boolean') return cond ? lines : [];
  return [`{{- if ${trim(cond)} }}`, ...lines, '{{- end }}'];
}

function otherwise(isOpen: Truth, lines: readonly string[]): readonly string[] {
  if (typeof isOpen === 'boolean' || lines.length === 0) return isOpen ? [] : lines;
  return [`{{- if not ${isOpen} }}`, ...lines, '{{- end }}'];
}

function waysIn(object: ChartObject, scope: Scope): Way[] {
  const { kind } = object.tree as Map;
  const spec = specOf(object);
  if (kind === 'Ingress') {
    const https = choose(presence(spec.tls, scope), 'https', 'http');
    return listed(spec.rules).flatMap((rule) =>
      isTreeMap(rule) ? hostWay(object, rule.host, (host) => `  ${https}://${host}`, scope) : [],
    );
  }
  if (kind === 'HTTPRoute')
    return listed(spec.hostnames).flatMap((host) =>
      hostWay(object, host, (name) => `  ${name}, through its Gateway`, scope),
    );
  const name = kind === 'Service' ? nameOf(object, scope) : undefined;
  const cond = and(guardOf(object, scope), isType(spec.type, 'NodePort', scope));
  if (name === undefined || cond === false) return [];
  const port = `kubectl ${IN_NAMESPACE} get service ${name} -o jsonpath='{.spec.ports[0].nodePort}'`;
  return [{ cond, lines: ['  every node, at the port that this prints:', `    ${port}`] }];
}

const IN_NAMESPACE = '--namespace {{ .Release.Namespace }}';

/** Headless Services have no address of their own, so there is nothing to forward. */
function forwards(object: ChartObject, scope: Scope): Way[] {
  const { kind } = object.tree as Map;
  const { clusterIP, ports } = specOf(object);
  const name = kind === 'Service' && clusterIP === undefined ? nameOf(object, scope) : undefined;
  const [first] = listed(ports);
  const port = isTreeMap(first) ? shown(first.port, scope) : undefined;
  if (name === undefined || port === undefined) return [];
  const command = `  kubectl ${IN_NAMESPACE} port-forward service/${name} 8080:${port}`;
  return [{ cond: guardOf(object, scope), lines: [command] }];
}

function hostWay(object: ChartObject, host: Tree, line: (host: string) => string, scope: Scope): Way[] {
  const text = shown(host, scope);
  if (text === undefined) return [];
  return [{ cond: and(guardOf(object, scope), presence(host, scope)), lines: [line(text)] }];
}

function guardOf({ guards }: ChartObject, scope: Scope): Truth {
  return guards
    .map((guard): Truth => (guard.kind === 'when' ? pipeline(guard.cond, scope) : false))
    .reduce<Truth>(and, true);
}

function isType(type: Tree, wanted: string, scope: Scope): Truth {
  if (!isNode(type)) return type === wanted;
  const { op } = type;
  if (op.op === 'if' && op.yes === wanted && op.no !== wanted) return pipeline(op.cond, scope);
  return and(presence(type, scope), `(eq ${pipeline(type, scope)} ${goString(wanted)})`);
}

function choose(cond: Truth, yes: string, no: string): string {
  if (typeof cond === 'boolean') return cond ? yes : no;
  return `{{ if ${trim(cond)} }}${yes}{{ else }}${no}{{ end }}`;
}

function specOf({ tree }: ChartObject): Map {
  const { spec } = tree as Map;
  return isTreeMap(spec) ? spec : {};
}

function nameOf({ tree }: ChartObject, scope: Scope): string | undefined {
  const { metadata } = tree as Map;
  return isTreeMap(metadata) ? shown(metadata.name, scope) : undefined;
}

function listed(tree: Tree): readonly Tree[] {
  return isTreeList(tree) ? tree : [];
}

/** A scalar as text that helm prints as it is meant. */
function shown(tree: Tree, scope: Scope): string | undefined {
  if (isNode(tree)) return isScalar(tree.shape) ? `{{ ${inText(tree, scope)} }}` : undefined;
  if (typeof tree === 'number') return String(tree);
  if (typeof tree !== 'string') return undefined;
  return tree.includes('{{') ? `{{ ${goString(tree)} }}` : tree;
}
