/** One line of a plot: a name and points, x and y both above 0. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 720;
const HEIGHT = 420;
const EDGE = { left: 60, right: 190, top: 34, bottom: 46 };
const COLOURS = ['#d62728', '#1f77b4', '#2ca02c', '#ff7f0e', '#9467bd', '#8c564b', '#17becf'];

/** Lines over two logarithmic axes, as a complete SVG file. */
export function plot(title: string, xLabel: string, yLabel: string, lines: readonly Line[]): string {
  const x = axis(
    lines.flatMap(({ points }) => points.map(([at]) => at)),
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const y = axis(
    lines.flatMap(({ points }) => points.map(([, at]) => at)),
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const middle = (EDGE.left + WIDTH - EDGE.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(middle, 20, title, 'middle', 14),
    text(middle, HEIGHT - 8, xLabel, 'middle'),
    text(8, EDGE.top - 10, yLabel, 'start'),
    ...x.ticks.flatMap((at) => [
      stroke(
        [
          [x.place(at), EDGE.top],
          [x.place(at), HEIGHT - EDGE.bottom],
        ],
        '#dddddd',
        1,
      ),
      text(x.place(at), HEIGHT - EDGE.bottom + 16, at.toLocaleString('en'), 'middle'),
    ]),
    ...y.ticks.flatMap((at) => [
      stroke(
        [
          [EDGE.left, y.place(at)],
          [WIDTH - EDGE.right, y.place(at)],
        ],
        '#dddddd',
        1,
      ),
      text(EDGE.left - 6, y.place(at) + 4, String(at), 'end'),
    ]),
    ...lines.flatMap(({ name, points }, index) => {
      const colour = COLOURS[index % COLOURS.length] as string;
      const places = points.map(([at, value]) => [x.place(at), y.place(value)] as const);
      return [
        stroke(places, colour, 2),
        ...places.map(
          ([cx, cy]) => `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="3" fill="${colour}"/>`,
        ),
        stroke(
          [
            [WIDTH - EDGE.right + 12, EDGE.top + 12 + index * 20],
            [WIDTH - EDGE.right + 32, EDGE.top + 12 + index * 20],
          ],
          colour,
          3,
        ),
        text(WIDTH - EDGE.right + 38, EDGE.top + 16 + index * 20, name, 'start'),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

interface Axis {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** A logarithmic axis over whole powers of ten. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => Number((10 ** (low + index)).toPrecision(1))),
    place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  };
}

function stroke(points: readonly (readonly [number, number])[], colour: string, width: number): string {
  const list = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return `<polyline points="${list}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

function text(x: number, y: number, content: string, anchor: string, size = 12): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}">${escaped}</text>`;
}
