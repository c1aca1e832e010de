import type { Connection, Stored } from '../../kube';
import type { Application } from '../api/application';
import { hashOf } from '../hash-of';
import type { Source, SourceTree } from '../source/source';
import type { Rendered } from './documents';
import { renderHelm } from './helm';
import { renderKustomize } from './kustomize';
import { MANIFESTS, renderPlain } from './plain';
import { type ProgramSandboxes, renderProgram } from './program';
import { RenderCache } from './render-cache';
import { RENDER_LIMITS, type RenderLimits } from './run-program';
import { valuesOf } from './values-from';

/** What is rendered, and for whom. */
export interface RenderRequest {
  readonly app: Stored<Application>;
  readonly source: Source;
  readonly tree: SourceTree;
  /** Where the objects go. */
  readonly namespace: string;
  /** In the name of the account of the Application. */
  readonly connection: Connection;
  readonly signal?: AbortSignal | undefined;
}

/** Objects, and an id that says their content. */
export interface RenderedAs extends Rendered {
  readonly id: string;
}

export interface RendererOptions {
  /** What one rendering by a program may cost. @default - see `RENDER_LIMITS` */
  readonly renderLimits?: Partial<RenderLimits>;
  /** Where programs of repositories run. @default - none is run, and who asks for it is told */
  readonly programs?: ProgramSandboxes;
}

/** A chart may have any file. */
const ALL_FILES = [''];

/** From the files of a commit to objects, by the way that an Application names. */
export class Renderer {
  readonly #limits: RenderLimits;
  readonly #sandboxes: ProgramSandboxes | undefined;
  readonly #known = new RenderCache();

  constructor({ renderLimits = {}, programs }: RendererOptions = {}) {
    this.#limits = { ...RENDER_LIMITS, ...renderLimits };
    this.#sandboxes = programs;
  }

  async render(request: RenderRequest): Promise<RenderedAs> {
    const { app, source, tree, namespace, connection, signal } = request;
    const { render } = app.spec;
    if (!render) {
      const rendered = await renderPlain(await source.files(tree, MANIFESTS, signal), signal);
      return { ...rendered, id: tree.id };
    }
    const { name, namespace: own = 'default' } = app.metadata;
    const limits = this.#limits;
    const { helm = {} } = render;
    const values = await valuesOf(connection, own, helm);
    const id = hashOf([tree.id, render, name, namespace, values]);
    const rendered = await this.#known.of(id, async () => {
      const files = await source.files(tree, ALL_FILES, signal);
      if (render.kustomize) return renderKustomize({ render: render.kustomize, files, limits, signal });
      if (render.cdk8s) {
        const sandboxes = this.#sandboxes;
        return renderProgram({ render: render.cdk8s, files, limits, sandboxes, signal });
      }
      return renderHelm({ render: helm, name, namespace, files, values, limits, signal });
    });
    return { ...rendered, id };
  }
}

/** Whether what it renders may change without a commit, so that it is looked at each time. */
export function readsCluster({ spec: { render } }: Pick<Application, 'spec'>): boolean {
  return (render?.helm?.valuesFrom ?? []).length > 0;
}
