import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { goModule } from './go-module';
import type { Swagger } from './swagger';

export const kubernetesModule = 'k8s.io/kubernetes';

/** The Go module that also builds our API server: its go.mod is the only place that pins the version. */
const pinFolder = path.resolve(__dirname, '../../cluster/tools/kubernetes-1.34');

export interface KubernetesSpec {
  readonly version: string;
  readonly swagger: Swagger;
  /** The Go source that the server makes its own OpenAPI document from, which lists the values of fields too. */
  readonly openapiSource: string;
}

/** The OpenAPI document of the pinned Kubernetes. */
export async function readKubernetesSpec(environment = process.env): Promise<KubernetesSpec> {
  const { Dir, Version } = await goModule(kubernetesModule, pinFolder, environment);
  const file = path.join(Dir, 'api/openapi-spec/swagger.json');
  const source = path.join(Dir, 'pkg/generated/openapi/zz_generated.openapi.go');
  return {
    version: Version,
    swagger: JSON.parse(await readFile(file, 'utf8')) as Swagger,
    openapiSource: await readFile(source, 'utf8'),
  };
}
