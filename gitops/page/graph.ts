import { type Html, html } from './html';

/** An object as it is drawn. */
export interface Node {
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  /** The id of its row, which its box leads to. */
  readonly row: string;
}

export type Edge = readonly [from: number, to: number];

/** More than these are not drawn: the list has them all. */
export const MOST_NODES = 120;

const COLUMN = 230;
const [WIDTH, HEIGHT, GAP] = [196, 44, 14];

const FIRST = ['Ingress', 'HTTPRoute', 'Gateway'];
const SECOND = [
  'Service',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'RoleBinding',
  'ClusterRoleBinding',
];
const THIRD = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Pod',
  'ReplicaSet',
  'Rollout',
  'Role',
  'ClusterRole',
];

function columnOf({ kind }: Node): number {
  const found = [FIRST, SECOND, THIRD].findIndex((kinds) => kinds.includes(kind));
  return found < 0 ? 3 : found;
}

/** Boxes in columns, from what is reached from outside to what is only read, and lines from who names to who is named. */
export function graph(nodes: readonly Node[], edges: readonly Edge[], label: string): Html | undefined {
  if (nodes.length === 0 || nodes.length > MOST_NODES) return undefined;
  const used = [...new Set(nodes.map(columnOf))].sort();
  const heights = new Map<number, number>();
  const places = nodes.map((node) => {
    const column = used.indexOf(columnOf(node));
    const row = heights.get(column) ?? 0;
    heights.set(column, row + 1);
    return { x: column * COLUMN, y: row * (HEIGHT + GAP) };
  });
  const width = used.length * COLUMN - (COLUMN - WIDTH) + 4;
  const height = Math.max(...heights.values()) * (HEIGHT + GAP) - GAP + 4;
  const lines = edges.map(
    ([from, to]) => html`<path class="edge" d="${curve(places[from]!, places[to]!)}"/>`,
  );
  const boxes = nodes.map((node, index) => box(node, places[index]!));
  return html`<div class="graph" tabindex="0" role="region" aria-label="${label}">
<svg width="${width}" height="${height}" viewBox="-2 -2 ${width} ${height}" role="group" aria-label="${label}">
${lines}
${boxes}
</svg></div>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function curve(from: Place, to: Place): string {
  const isBack = to.x <= from.x;
  const [x1, x2] = isBack ? [from.x, to.x] : [from.x + WIDTH, to.x];
  const [y1, y2] = [from.y + HEIGHT / 2, to.y + HEIGHT / 2];
  const bend = isBack ? -24 : (x2 - x1) / 2;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${isBack ? x2 + bend : x2 - bend} ${y2} ${x2} ${y2}`;
}

function box({ kind, name, state, row }: Node, { x, y }: Place): Html {
  return html`<a href="#${row}" class="node ${classOf(state)}"><title>${kind} ${name}: ${state}</title>
<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>
<text x="${x + 10}" y="${y + 18}" class="kind">${kind}</text>
<text x="${x + 10}" y="${y + 35}">${cut(name)}</text>
<text x="${x + WIDTH - 22}" y="${y + 19}" class="sign">${signOf(state)}</text></a>
`;
}

/** What has no room is in the title. */
function cut(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

/** A sign beside the colour, for who sees none. */
export function signOf(state: string): string {
  const tone = classOf(state);
  return tone === 'good' ? '✓' : tone === 'wait' ? '…' : tone === 'bad' ? '✗' : '?';
}

/** The tone of a phase, a health or a state. */
export function classOf(state: string): string {
  if (['Healthy', 'healthy', 'Synced', 'Applied', 'True'].includes(state)) return 'good';
  if (['Syncing', 'Pending', 'Progressing', 'waiting', 'OutOfSync', 'Superseded'].includes(state))
    return 'wait';
  if (['Degraded', 'Failed', 'failed', 'missing', 'foreign', 'False'].includes(state)) return 'bad';
  return 'unknown';
}
