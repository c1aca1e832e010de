import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { build, builtOnce, shortHash, slimBase, withContext } from '../workloads/images';

const DOCKERFILE = `ARG BASE
FROM \${BASE}
COPY node /usr/local/bin/node
COPY modules /app/node_modules
ENV NODE_PATH=/app/node_modules PATH=/usr/local/bin:/usr/bin:/bin
USER 1000:1000
`;

/** Node and cdk8s, as a platform team would give them to the programs of its repositories. Its tag. */
export async function programImage(): Promise<string> {
  const BASE = await slimBase();
  const { version } = require('cdk8s/package.json') as { readonly version: string };
  const tag = `localhost/gitops-program:1.0.0-${shortHash(DOCKERFILE, BASE, process.version, version)}`;
  return builtOnce(tag, () =>
    withContext(DOCKERFILE, async (context) => {
      copyFileSync(process.execPath, join(context, 'node'));
      const outfile = join(context, 'modules', 'cdk8s', 'index.js');
      mkdirSync(dirname(outfile), { recursive: true });
      const entry = join(context, 'entry.js');
      writeFileSync(entry, `module.exports = require(${JSON.stringify(require.resolve('cdk8s'))});\n`);
      buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', logLevel: 'error' });
      await build({ tag, context, args: { BASE } });
    }),
  );
}
