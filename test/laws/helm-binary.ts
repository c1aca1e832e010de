import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tool } from '../../cluster/tools/tool';
import type { HelmVersion, RenderInputs } from './engine';

/** What a run of the real helm gave. */
export interface HelmRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real helm program in a home folder of its own, so that nothing of the machine's helm is seen or changed. */
export class HelmBinary {
  private readonly home = mkdtempSync(path.join(os.tmpdir(), 'helm-home-'));
  private written = 0;

  private constructor(private readonly file: string) {}

  static async open(version: HelmVersion): Promise<HelmBinary> {
    return new HelmBinary(await tool(version));
  }

  run(args: readonly string[]): Promise<HelmRun> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      HELM_CACHE_HOME: this.home,
      HELM_CONFIG_HOME: this.home,
    };
    return new Promise((resolve, reject) => {
      execFile(this.file, [...args], { env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') return reject(error);
        resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      });
    });
  }

  /** `helm template` with the inputs that the engine takes. Only the revision cannot be given. */
  template(chart: string, inputs: RenderInputs): Promise<HelmRun> {
    const { name = 'release', namespace = 'default', isUpgrade } = inputs.release ?? {};
    const args = ['template', name, chart, '--include-crds', '--namespace', namespace];
    for (const text of inputs.valueFiles ?? [])
      args.push('-f', this.write({ 'values.yaml': text }, 'values.yaml'));
    for (const text of inputs.setJson ?? []) args.push('--set-json', text);
    for (const text of inputs.set ?? []) args.push('--set', text);
    for (const text of inputs.setString ?? []) args.push('--set-string', text);
    if (isUpgrade) args.push('--is-upgrade');
    if (inputs.kubeVersion) args.push('--kube-version', inputs.kubeVersion);
    for (const version of inputs.apiVersions ?? []) args.push('--api-versions', version);
    return this.run(args);
  }

  /** Writes files into a fresh folder and returns the path of that folder, or of one file in it. */
  write(files: { readonly [name: string]: string }, inside = ''): string {
    this.written += 1;
    const folder = path.join(this.home, `files-${this.written}`);
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) {
      const target = path.join(folder, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    return path.join(folder, inside);
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
