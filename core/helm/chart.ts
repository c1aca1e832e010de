import { holdsNode, isTreeMap, type Node, type Tree } from '../template';
import { assertionsTemplate } from './assertions';
import { chartYaml } from './chart-yaml';
import { helpersFile, helpersIn } from './helpers';
import type { ChartFiles, ChartModel, ChartObject } from './model';
import { notes, notesHelper } from './notes';
import { patchesCheck, patchesHelpers, withPatches } from './patches';
import { documentTemplate } from './print/document';
import { readme } from './readme';
import { dependenciesOf, SameNames } from './subcharts';
import { valuesSchema } from './values-schema';
import { environmentYaml, trialYaml, valuesYaml } from './values-yaml';

/** Prints a chart. Nothing is read or written; the same model always gives the same files. */
export function chartFiles(model: ChartModel): ChartFiles {
  return filesOf(model, new SameNames());
}

function filesOf(model: ChartModel, names: SameNames): ChartFiles {
  const files = ownFiles(model);
  for (const subchart of model.subcharts) {
    const inner = filesOf(subchart.model, names);
    names.add(subchart, inner);
    for (const [path, text] of inner) files.set(`charts/${subchart.model.name}/${path}`, text);
  }
  return files;
}

function ownFiles(model: ChartModel): Map<string, string> {
  const files = new Map<string, string>();
  const { definition, environments, trials, objects } = model;
  files.set('Chart.yaml', chartYaml(model, dependenciesOf(model)));
  files.set('values.yaml', valuesYaml(definition.declarations));
  for (const [name, given] of Object.entries(environments)) {
    files.set(`values-${name}.yaml`, environmentYaml(name, given));
  }
  const tried = Object.keys(trials).length > 0 ? trials : { default: {} };
  for (const [name, given] of Object.entries(tried))
    files.set(`ci/${name}-values.yaml`, trialYaml(name, definition.declarations, given));
  files.set('values.schema.json', valuesSchema(definition.schema));
  files.set('.helmignore', HELMIGNORE);
  files.set('README.md', readme(model));
  for (const object of objects) {
    const template = documentTemplate(object.tree, object.guards, object.where);
    const folder = folderOf(object);
    const printed =
      takesPatches(model) && folder !== 'crds' ? withPatches(model, object, template) : template;
    files.set(`${folder}/${object.fileName}.yaml`, printed);
  }
  if (takesPatches(model)) {
    files.set('templates/_patches.tpl', patchesHelpers(model.name));
    files.set('templates/patches.yaml', patchesCheck(model));
  }
  const trees = [
    ...objects.flatMap(treesOf),
    ...model.assertions.map(({ cond }) => cond),
    ...model.secrets.map(({ name }) => name),
  ];
  const helpers = helpersIn(trees, model.name);
  if (helpers.size > 0) files.set('templates/_helpers.tpl', helpersFile(helpers, model.name));
  const assertions = assertionsTemplate(model.assertions, model.name);
  if (assertions) files.set('templates/assertions.yaml', assertions);
  files.set('templates/NOTES.txt', notes(model));
  const more = notesHelper(model);
  if (more) files.set('templates/_notes.tpl', more);
  return files;
}

function takesPatches(model: ChartModel): model is ChartModel & { readonly patches: Node } {
  return model.patches !== undefined;
}

/**
 * Helm installs what lies in `crds/` before everything else and never deletes it with a release; it does not read
 * templates there, so a definition with values in it is an ordinary template. Tests lie where people look for them.
 */
function folderOf({ tree, guards }: ChartObject): string {
  const { kind, metadata } = tree as { readonly kind?: Tree; readonly metadata?: Tree };
  if (kind === 'CustomResourceDefinition' && guards.length === 0 && !holdsNode(tree)) return 'crds';
  const { annotations } = (isTreeMap(metadata) ? metadata : {}) as { readonly annotations?: Tree };
  return isTreeMap(annotations) && annotations['helm.sh/hook'] === 'test' ? 'templates/tests' : 'templates';
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
