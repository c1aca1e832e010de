import type { Mutant } from './mutants';

/** Faults in how values of several charts meet, and in what the printer says of subcharts. */

const inFile =
  (file: string) =>
  (title: string, from: string, to: string): Mutant => ({ file, title, from, to, of: 'umbrellas' });

const coalesce = inFile('core/values/coalesce.ts');
const subcharts = inFile('core/helm/subcharts.ts');
const umbrella = inFile('core/tree/umbrella.ts');
const helmChart = inFile('core/tree/helm-chart.ts');
const treeAssertions = inFile('core/tree/assertions.ts');
const printedAssertions = inFile('core/helm/assertions.ts');

export const umbrellaMutants: readonly Mutant[] = [
  coalesce(
    "a subchart's global wins over its parent's",
    'if (!isTable(before)) setOwnKey(mine, key, value);',
    'if (before === undefined) setOwnKey(mine, key, value);',
  ),
  coalesce(
    "a subchart's table of globals wins over its parent's",
    "setOwnKey(mine, key, mergeTables(outerCopyOf(value), before, 'nulls stay'))",
    "setOwnKey(mine, key, mergeTables(outerCopyOf(before), value, 'nulls stay'))",
  ),
  coalesce('globals stay with the parent', '    takeGlobals(own, into);\n', ''),
  coalesce(
    'what a subchart adds inside a global is its own',
    'setOwnKey(mine, key, outerCopyOf(value));',
    'setOwnKey(mine, key, copyOf(value));',
  ),
  coalesce(
    'null as globals counts as none',
    "(Object.hasOwn(one, 'global') ? one.global : {})",
    '(one.global ?? {})',
  ),
  coalesce('conditions are passed over', "    if (typeof found === 'boolean') return found;\n", ''),
  coalesce('the last condition decides', 'of conditions) {', 'of [...conditions].reverse()) {'),
  coalesce('all tags have to be true', 'set.some(Boolean)', 'set.every(Boolean)'),
  coalesce('a subchart without tags that are set is left out', 'set.length === 0 || ', ''),
  coalesce(
    'conditions of inner charts are looked up outside',
    '[...path, ...condition.split',
    '[...condition.split',
  ),
  coalesce(
    "null over a parent's default for a subchart takes it away",
    "isSubchart ? 'nulls stay' : nulls",
    'nulls',
  ),
  coalesce(
    'parents do not take in the defaults of their subcharts',
    'const taken = takingIn(installed);',
    'const taken = installed;',
  ),
  coalesce(
    'a null where nothing was stays out',
    "else if (given === null && nulls === 'nulls delete' && value !== null) delete over[key];",
    'else if (given === null && value !== null) delete over[key];',
  ),
  subcharts('the alias is not printed', '...(key === model.name ? {} : { alias: key }),', ''),
  subcharts(
    'the condition is not printed',
    "...(conditions.length > 0 ? { condition: conditions.join(',') } : {}),",
    '',
  ),
  subcharts('only the first condition is printed', "conditions.join(',')", "conditions[0] ?? ''"),
  subcharts('tags are not printed', '...(tags.length > 0 ? { tags } : {}),', ''),
  umbrella(
    'subcharts are not checked',
    "    ...subchartProblems(chart, release.values, release.installed, ''),\n",
    '',
  ),
  umbrella(
    'subcharts that are left out are checked as well',
    'return inner ? [[subchart, inner] as const] : [];',
    'return [[subchart, inner ?? { installed: new Map() }] as const];',
  ),
  helmChart(
    'an alias does not change the name of the chart',
    'const name = this.umbrella ? id : this.chartName;',
    'const name = this.chartName;',
  ),
  treeAssertions(
    'a subchart that is left out takes names',
    '    if (!between.every((path) => hasSubchart(inputs, path))) continue;\n',
    '',
  ),
  printedAssertions(
    'a subchart that is left out takes names in the chart',
    'if (installed.length === 0) return check;',
    'if (installed.length >= 0) return check;',
  ),
  printedAssertions(
    'only the first of two subcharts has to be there',
    'installed.length === 1 ?',
    'installed.length >= 1 ?',
  ),
];
