import type { TestNamespace } from '../../cluster';
import type { JsonObject } from '../../core/template';
import type { GitOpsTool } from './tool';

/** One thing that was tried: what the record says of it, and what the tool and the Job did. */
export interface Row {
  readonly tool: string;
  readonly step: string;
  readonly seen: string;
  readonly isRight: boolean;
}

interface KubeObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: JsonObject;
}

/** The objects of the shop for some values, as this tool is given them. */
export type Render = (values: JsonObject) => Promise<readonly KubeObject[]>;

interface LiveJob {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const isJob = ({ kind }: KubeObject): boolean => kind === 'Job';

/** The rows of docs/decisions/0021-migrations.md about Argo CD and Flux, one after the other in one namespace. */
export class Trial {
  readonly rows: Row[] = [];

  constructor(
    private readonly tool: GitOpsTool,
    private readonly namespace: TestNamespace,
    private readonly render: Render,
    private readonly databases: { readonly one: JsonObject; readonly two: JsonObject },
  ) {}

  async run(): Promise<readonly Row[]> {
    const { one, two } = this.databases;
    const first = await this.migrates('the first sync', one, /http:\/\/shop-one.*from 0 to 1/s);
    await this.sync(await this.render(one));
    const again = await this.jobs();
    this.add(
      'the same again',
      'the same Job, unchanged: nothing ran',
      again.length === 1 && again[0]?.metadata.uid === first && again[0]?.metadata.generation === 1,
    );
    const changed = { ...two, schema: 2, memory: '64Mi' };
    await this.migrates('another database and other resources', changed, /shop-two.*from 0 to 2/s);
    await this.refusesAChangedTemplate(changed);
    await this.fails({ ...two, schema: 3, tries: 0 });
    return this.rows;
  }

  /** A sync after which one Job is there, complete, that said this. Its uid. */
  private async migrates(step: string, values: JsonObject, says: RegExp): Promise<string> {
    const { code, stdout, stderr } = await this.sync(await this.render(values));
    if (code !== 0) throw new Error(`${this.tool.name}, ${step}: ${stdout}${stderr}`);
    await this.namespace.kubectl(['wait', '--for=condition=Complete', 'job', '--all', '--timeout=90s']);
    const [job, ...others] = await this.jobs();
    const selector = `batch.kubernetes.io/job-name=${job?.metadata.name}`;
    const log = (await this.namespace.kubectl(['logs', '-l', selector, '--tail=-1'])).stdout;
    const isOrdinary = !/hook (Pre|Post)?Sync/.test(stdout);
    this.add(
      step,
      `one Job, which ended well and said "${log.trim().split('\n').at(-1)}"; applied with the rest, the one before is gone`,
      others.length === 0 && says.test(log) && isOrdinary,
      stdout + stderr,
    );
    return job?.metadata.uid ?? '';
  }

  /** The control: without a name of its own for each content, the tool would be stuck. */
  private async refusesAChangedTemplate(values: JsonObject): Promise<void> {
    const objects = (await this.render(values)).map((object) =>
      isJob(object) ? (JSON.parse(JSON.stringify(object).replace('"64Mi"', '"65Mi"')) as KubeObject) : object,
    );
    const { stdout, stderr } = await this.sync(objects);
    this.add(
      'control: another template under the same name',
      'refused: the field is immutable',
      this.tool.refusal.test(stdout + stderr),
      stdout + stderr,
    );
  }

  private async fails(values: JsonObject): Promise<void> {
    const { kubectl } = this.namespace;
    const inDatabase = (...command: string[]) => kubectl(['exec', 'deployment/shop-two', '--', ...command]);
    await inDatabase('touch', '/tmp/locked');
    const objects = await this.render(values);
    const { stdout, stderr } = await this.sync(objects, 30);
    const name = objects.find(isJob)?.metadata.name ?? '';
    await kubectl(['wait', '--for=condition=Failed', `job/${name}`, '--timeout=60s']);
    await kubectl(['wait', '--for=condition=Available', 'deployment/shop-api', '--timeout=10s']);
    this.add(
      'a migration that fails',
      'the Job stays, failed, and the old pods serve on',
      (await this.jobs()).some(({ metadata }) => metadata.name === name),
      stdout + stderr,
    );
    await inDatabase('rm', '/tmp/locked');
    await kubectl(['delete', 'job', name]);
    const repeated = await this.sync(objects);
    await kubectl(['wait', '--for=condition=Complete', `job/${name}`, '--timeout=90s']);
    this.add(
      'its cause mended and the Job deleted',
      'the next sync makes it again, and it ends well',
      repeated.code === 0,
      repeated.stdout + repeated.stderr,
    );
  }

  private sync(objects: readonly KubeObject[], seconds = 120) {
    return this.tool.sync(objects, seconds);
  }

  private async jobs(): Promise<readonly LiveJob[]> {
    const { stdout } = await this.namespace.kubectl(['get', 'jobs', '-o', 'json']);
    const { items } = JSON.parse(stdout) as { readonly items: readonly LiveJob[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  private add(step: string, seen: string, isRight: boolean, said = ''): void {
    this.rows.push({ tool: this.tool.name, step, seen, isRight });
    if (!isRight) process.stderr.write(`--- ${this.tool.name}, ${step}: not as it should be\n${said}\n`);
  }
}
