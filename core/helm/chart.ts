import type { JsonObject, Node, Tree } from '../template';
import type { ValuesDefinition } from '../values';
import { assertionsTemplate } from './assertions';
import { chartYaml } from './chart-yaml';
import { helpersFile, helpersIn } from './helpers';
import { notes } from './notes';
import { type DocumentGuard, documentTemplate } from './print/document';
import { readme } from './readme';
import { valuesSchema } from './values-schema';
import { environmentYaml, valuesYaml } from './values-yaml';

/** One object of a chart: its template tree, what it stands under, and the name of its file. */
export interface ChartObject {
  readonly tree: Tree;
  readonly guards: readonly DocumentGuard[];
  /** For example `api-deployment`. */
  readonly fileName: string;
  /** The construct path, for errors. */
  readonly where: string;
}

/** Everything that a Helm chart is printed from. */
export interface ChartModel {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly home: string | undefined;
  readonly definition: ValuesDefinition;
  readonly environments: Readonly<Record<string, JsonObject>>;
  readonly objects: readonly ChartObject[];
  readonly assertions: readonly { readonly cond: Node; readonly message: string }[];
}

/** The files of a chart folder: path inside it and text. */
export type ChartFiles = ReadonlyMap<string, string>;

/** Prints a chart. Nothing is read or written; the same model always gives the same files. */
export function chartFiles(model: ChartModel): ChartFiles {
  const files = new Map<string, string>();
  const { definition, environments, objects } = model;
  files.set('Chart.yaml', chartYaml(model));
  files.set('values.yaml', valuesYaml(definition.declarations));
  for (const [name, given] of Object.entries(environments)) {
    files.set(`values-${name}.yaml`, environmentYaml(name, given));
  }
  files.set('values.schema.json', valuesSchema(definition.schema));
  files.set('.helmignore', HELMIGNORE);
  files.set('README.md', readme(model));
  for (const object of objects) {
    files.set(
      `templates/${object.fileName}.yaml`,
      documentTemplate(object.tree, object.guards, object.where),
    );
  }
  const trees = [...objects.flatMap(treesOf), ...model.assertions.map(({ cond }) => cond)];
  const helpers = helpersIn(trees, model.name);
  if (helpers.size > 0) files.set('templates/_helpers.tpl', helpersFile(helpers, model.name));
  const assertions = assertionsTemplate(model.assertions, model.name);
  if (assertions) files.set('templates/assertions.yaml', assertions);
  files.set('templates/NOTES.txt', notes(model));
  return files;
}

function treesOf({ tree, guards }: ChartObject): Tree[] {
  return [tree, ...guards.map((guard) => (guard.kind === 'when' ? guard.cond : guard.over))];
}

const HELMIGNORE = `# Patterns to ignore when building packages.
.DS_Store
.git/
.gitignore
*.swp
*.bak
*.tmp
*.orig
*~
.idea/
.vscode/
`;
