import type { SynthOrder } from '../tree';
import type { RenderedChart } from './rendering';

/** The file that the CLI of cdk8s asks for when validations are on; kubectl cannot read it. */
export const METADATA_FILE = 'construct-metadata.json';

/** Which construct each object comes from, as stock writes it: by name, so that the last of one name wins. */
export function constructMetadata(order: SynthOrder, charts: readonly RenderedChart[]): string {
  const resources: Record<string, { readonly path: string }> = {};
  for (const { chart, objects } of charts) {
    const rendered = objects.filter(({ object }) => object);
    for (const { name, where } of rendered) resources[name] = { path: where };
    // A chart with a `toJson` of its own says nothing of its constructs.
    if (rendered.length === 0)
      for (const { name, node } of order.objectsOf(chart)) resources[name] = { path: node.path };
  }
  return JSON.stringify({ version: '1.0.0', resources });
}
