import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HelmRender } from '../api/render';
import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';
import { objectsIn, type Rendered, type Text } from './documents';
import { isolated, type ProgramAnswer, type RenderLimits, runProgram, wordsOf } from './run-program';
import { withWorkFolder, writeFiles } from './work-folder';

export interface HelmCall {
  readonly render: HelmRender;
  /** The name of the release where `render` says none. */
  readonly name: string;
  readonly namespace: string;
  readonly files: readonly SourceFile[];
  /** Files of values from the cluster; what is in them is never told. */
  readonly values: readonly string[];
  readonly limits: RenderLimits;
  readonly signal?: AbortSignal | undefined;
}

const WHERE = 'the Helm chart in `spec.source.path`';

/**
 * What `helm template` makes of a chart: without a cluster, without a network, without the settings and plugins of this
 * machine. Its hooks come with the rest, and are put in their place by `deploy/`.
 */
export async function renderHelm(call: HelmCall): Promise<Rendered> {
  const { files, render, values, limits, signal } = call;
  if (!files.some(({ path }) => path === 'Chart.yaml')) throw noChart();
  const { valueFiles = [] } = render;
  for (const file of valueFiles) if (!files.some(({ path }) => path === file)) throw noValues(file);
  return withWorkFolder(async (folder) => {
    const chart = join(folder, 'chart');
    writeFiles(chart, files);
    const given = [...values, ...(render.values ? [JSON.stringify(render.values)] : [])];
    const written = given.map((text, index) => {
      const file = join(folder, `values-${index}.yaml`);
      writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
      return file;
    });
    const valuesInOrder = [...valueFiles.map((file) => join(chart, file)), ...written];
    const answer = await runProgram({
      ...{ where: WHERE, program: 'helm', env: environment(folder), folder, limits, signal },
      args: [
        ...['template', render.releaseName ?? nameFor(call.name), chart, '--namespace', call.namespace],
        // As `drydock apply` does for a chart: its tests are no part of what it installs.
        ...['--include-crds', '--skip-tests'],
        ...(render.kubeVersion === undefined ? [] : ['--kube-version', render.kubeVersion]),
        ...valuesInOrder.flatMap((file) => ['--values', file]),
      ],
    });
    if (answer.code !== 0) throw notRendered(answer, values.length > 0, folder);
    return objectsIn(templatesIn(answer.out), signal);
  });
}

function environment(folder: string): Record<string, string> {
  const home = join(folder, 'home');
  const helm = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  return { ...isolated(folder), ...helm, HELM_PLUGINS: join(home, 'none') };
}

function nameFor(name: string): string {
  return name.replaceAll('.', '-').slice(0, 53).replace(/-+$/, '');
}

/** What helm prints, by the templates that it has written above each part. */
export function templatesIn(output: string): Text[] {
  return output
    .split(/^---[^\S\n]*$/m)
    .filter((part) => part.trim() !== '')
    .map((text) => {
      const [, source = 'output of helm'] = /^# Source: [^/\n]+\/([^\n]+)$/m.exec(text) ?? [];
      return { name: source, text };
    });
}

/** helm quotes values in its errors, so with those of the cluster only the place is told. */
function notRendered(answer: ProgramAnswer, hasSecrets: boolean, folder: string): GitopsError {
  const words = wordsOf(answer, folder);
  const place = words.match(/\b[\w.-]+\/(charts\/|templates\/)[\w./-]+:\d+(:\d+)?/g)?.at(-1);
  return new GitopsError('RENDER_FAILED', {
    where: place ?? WHERE,
    found: hasSecrets
      ? 'an error of helm, which is not shown: it may quote the values'
      : `what helm says: ${words}`,
    expected: 'a chart that `helm template` renders with these values, with its dependencies in `charts/`',
    remedy: 'mend the chart or the values, and see it with `helm template`; what was applied stays as it is',
  });
}

function noChart(): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: WHERE,
    found: 'no Chart.yaml',
    expected: 'a Helm chart, as `spec.render.helm` says',
    remedy: 'let `spec.source.path` name the folder of the chart, or leave out `spec.render`',
  });
}

function noValues(file: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: WHERE,
    found: `no file ${JSON.stringify(file)}`,
    expected: 'the files that `spec.render.helm.valueFiles` names',
    remedy: 'correct the Application, or push the file; what was applied stays as it is',
  });
}
