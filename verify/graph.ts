import type { Checked } from './find';
import { escaped } from './markup';
import type { Needed } from './needs';

/** Kinds by column: each leads to what is to its right, so no line goes back. */
const COLUMNS: readonly (readonly string[])[] = [
  [
    'Ingress',
    'NetworkPolicy',
    'HorizontalPodAutoscaler',
    'PodDisruptionBudget',
    'RoleBinding',
    'ClusterRoleBinding',
  ],
  ['Service'],
  ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'],
];
const [WIDTH, ROW, GAP, LONGEST] = [250, 24, 60, 36];

interface Place {
  readonly name: string;
  readonly state: 'well' | 'ill' | 'named';
  readonly x: number;
  readonly y: number;
}

const keyOf = ({ object, namespace = '' }: Needed) => `${namespace} ${object}`;

/** A drawing of what leads to what, as SVG; empty where nothing leads anywhere. */
export function asGraph(checked: readonly Checked[]): string {
  const edges = checked.flatMap((one) => (one.needs ?? []).map((to) => ({ from: one as Needed, to })));
  if (edges.length === 0) return '';
  const places = placed(checked, edges);
  const lines = edges.map(({ from, to }) => line(places.get(keyOf(from)), places.get(keyOf(to))));
  const nodes = [...places.values()].map(node);
  const height = Math.max(...[...places.values()].map(({ y }) => y)) + ROW;
  const width = (COLUMNS.length + 1) * (WIDTH + GAP) - GAP;
  return `<h2>What leads to what</h2>
<svg viewBox="-1 0 ${width + 2} ${height}" role="img" aria-label="Each object with lines to those that it leads to">
${lines.join('\n')}
${nodes.join('\n')}
</svg>`;
}

/** Those that lead somewhere or are led to, each at its place; what is only named by others is there too. */
function placed(
  checked: readonly Checked[],
  edges: readonly { readonly from: Needed; readonly to: Needed }[],
): Map<string, Place> {
  const known = new Map(checked.map((one) => [keyOf(one), one]));
  const filled = [...COLUMNS, []].map(() => 0);
  const places = new Map<string, Place>();
  for (const one of edges.flatMap(({ from, to }) => [from, to])) {
    const key = keyOf(one);
    if (places.has(key)) continue;
    const [kind = ''] = one.object.split('/');
    const found = COLUMNS.findIndex((kinds) => kinds.includes(kind));
    const column = found === -1 ? COLUMNS.length : found;
    const row = filled[column] ?? 0;
    filled[column] = row + 1;
    const check = known.get(key);
    const state = check === undefined ? 'named' : check.finding || check.isUnread ? 'ill' : 'well';
    places.set(key, { name: one.object, state, x: column * (WIDTH + GAP), y: row * ROW });
  }
  return places;
}

function line(from: Place | undefined, to: Place | undefined): string {
  if (!from || !to) return '';
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + ROW / 2, to.x, to.y + ROW / 2];
  const middle = (x1 + x2) / 2;
  return `<path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
}

function node({ name, state, x, y }: Place): string {
  const shown = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  return `<g class="${state}"><title>${escaped(name)}</title><rect x="${x}" y="${y + 2}" width="${WIDTH}" height="${ROW - 4}" rx="4"/><text x="${x + 8}" y="${y + 16}">${escaped(shown)}</text></g>`;
}
