import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Cluster, tools } from '../../cluster';
import { imageArchive } from '../../cluster/images/archive';
import type { PublicChart } from './public-charts';

/** Builds the programs of a chart, and puts them on the nodes in an image of the name that the chart gives it. */
export async function importPrograms(chart: PublicChart, image: string, cluster: Cluster): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drydock-public-chart-'));
  try {
    const built = await tools(Object.values(chart.programs));
    const archive = imageArchive({
      name: image,
      entrypoint: chart.entrypoint ? [chart.entrypoint] : [],
      // Only what the pod says makes its process harmless.
      user: '0:0',
      files: [
        { name: 'bin', directory: true },
        ...Object.entries(chart.programs).map(([name, tool]) => ({
          name,
          mode: 0o755,
          content: readFileSync(built[tool] as string),
        })),
      ],
    });
    const file = path.join(folder, 'image.tar');
    writeFileSync(file, archive);
    await cluster.importImage(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
