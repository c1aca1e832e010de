import type { FieldChange, ObjectStatus, PlannedObject } from '../../deploy';
import { inWords } from '../../deploy/objects/object-ref';
import { type Stored, stringifyJson } from '../../kube';
import type { Application } from '../api/application';
import { costInWords } from '../preview/cost';
import { shortened } from '../preview/escape';
import type { Preview, Refusal } from '../preview/preview';
import { toldUrl } from '../source/git-url';
import { classOf, graph, MOST_NODES, signOf } from './graph';
import { type Content, type Html, html } from './html';

/** What is in one cluster of an Application. */
export interface InOneCluster {
  readonly cluster: string | undefined;
  readonly objects: readonly ObjectStatus[];
  /** Between places of `objects`. */
  readonly edges: ReadonlyArray<readonly [number, number]>;
  /** Why nothing can be said of it. */
  readonly trouble?: string;
}

const EVERY_MS = 5_000;

interface Frame {
  readonly title: string;
  readonly body: Html;
  /** Where the list is, from this page. */
  readonly up?: Html;
  readonly everyMs?: number;
}

export function frame({ title, body, up, everyMs = EVERY_MS }: Frame): string {
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="stylesheet" href="/page.css"><link rel="icon" href="/icon.svg"><script src="/page.js" defer></script></head>
<body data-every="${everyMs}"><a class="skip" href="#live">To the content</a>
<header><strong>Applications</strong><nav aria-label="Pages"><a href="/">All</a>${up}</nav></header>
<main id="live" tabindex="-1">${body}</main>
<footer>It shows and changes nothing.</footer></body></html>`}`;
}

export const pathOf = ({ metadata: { namespace = 'default', name } }: Stored<Application>): string =>
  `/applications/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
const nameOf = ({ metadata: { namespace = 'default', name } }: Stored<Application>): string =>
  `${namespace}/${name}`;

function state(word: string | undefined): Html {
  const told = word ?? 'Unknown';
  return html`<span class="state ${classOf(told)}"><span aria-hidden="true">${signOf(told)}</span> ${told}</span>`;
}

export function listView(apps: readonly Stored<Application>[]): Html {
  const sorted = [...apps].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const well = sorted.filter(({ status }) => status?.phase === 'Healthy').length;
  const rows = sorted.map((app) => {
    const { phase, sync, health, inventory, lastAppliedRevision = '', message = '' } = app.status ?? {};
    return html`<tr data-name="${nameOf(app).toLowerCase()}"><th scope="row"><a href="${pathOf(app)}">${nameOf(app)}</a></th>
<td>${state(phase ?? 'Pending')}</td><td>${state(sync)}</td><td>${state(health)}</td><td>${inventory ?? 0} objects</td>
<td><code>${lastAppliedRevision.slice(0, 10)}</code></td><td>${phase === 'Healthy' ? '' : shortened(message, 200)}</td></tr>
`;
  });
  if (rows.length === 0) return html`<h1>Applications</h1><p>There is none.</p>`;
  return html`<h1>Applications</h1><p>${well} of ${rows.length} are healthy.</p>
<p hidden><label>Find <input id="filter" type="search" autocomplete="off"></label></p>
<div class="scroll" tabindex="0" role="region" aria-label="All Applications"><table class="cards"><thead><tr><th scope="col">Name</th><th scope="col">Phase</th><th scope="col">Sync</th>
<th scope="col">Health</th><th scope="col">Objects</th><th scope="col">Commit</th><th scope="col">Message</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function applicationView(app: Stored<Application>, clusters: readonly InOneCluster[]): Html {
  const { status = {}, spec } = app;
  const { source } = spec;
  const facts: ReadonlyArray<readonly [string, Content]> = [
    ['Repository', JSON.parse(toldUrl(source.url)) as string],
    ['Branch', source.branch ?? 'main'],
    ['Folder', source.path || '(the whole repository)'],
    ['Applied commit', status.lastAppliedRevision ?? 'none'],
    ['Tried commit', status.lastAttemptedRevision ?? 'none'],
    ['Account', spec.serviceAccount ?? "(the controller's own)"],
  ];
  return html`<h1>${nameOf(app)}</h1><p>${state(status.phase ?? 'Pending')} · ${state(status.sync)} · ${state(status.health)}</p>
${status.message ? html`<p class="message">${status.message}</p>` : ''}
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<p><a href="${pathOf(app)}/diff">What the branch would change now</a></p>
${clusters.map((one, index) => clusterView(one, index, status.clusters))}
${historyView(status.history ?? [])}`;
}

function clusterView(
  { cluster, objects, edges, trouble }: InOneCluster,
  index: number,
  known: ApplicationClusters,
): Html {
  const title = cluster === undefined ? 'Objects' : `Cluster ${cluster}`;
  const told = known?.find(({ name }) => name === cluster);
  const row = (place: number) => `o${index}-${place}`;
  const nodes = objects.map(({ kind, name, state: found }, place) => ({
    kind,
    name,
    state: found,
    row: row(place),
  }));
  const drawn = graph(nodes, edges, `${title} as a graph`);
  const rows = objects.map(
    (
      one,
      place,
    ) => html`<tr id="${row(place)}"><th scope="row">${inWords(one)}</th><td>${state(one.state)}</td><td>${one.why}</td></tr>
`,
  );
  return html`<h2>${title}</h2>
${told ? html`<p>${state(told.phase)} · ${state(told.sync)} · <code>${(told.revision ?? '').slice(0, 10)}</code> ${told.phase === 'Healthy' ? '' : told.message}</p>` : ''}
${trouble === undefined ? '' : html`<p class="message">${trouble}</p>`}
${drawn ?? (objects.length > MOST_NODES ? html`<p>${objects.length} objects, which are too many to be drawn.</p>` : '')}
${rows.length === 0 ? '' : html`<div class="scroll" tabindex="0" role="region" aria-label="${title} as a list"><table class="cards"><thead><tr><th scope="col">Object</th><th scope="col">Health</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div>`}`;
}

type ApplicationClusters = NonNullable<Application['status']>['clusters'];

function historyView(history: NonNullable<NonNullable<Application['status']>['history']>): Html {
  if (history.length === 0) return html``;
  const rows = history.map(
    ({
      revision,
      at,
      outcome,
      message = '',
      change = '',
    }) => html`<tr><th scope="row"><code>${revision.slice(0, 10)}</code> ${change.slice(0, 12)}</th><td>${at}</td><td>${state(outcome)}</td><td>${message}</td></tr>
`,
  );
  return html`<h2>History</h2><div class="scroll" tabindex="0" role="region" aria-label="History"><table class="cards"><thead><tr><th scope="col">Commit</th><th scope="col">When</th><th scope="col">Outcome</th><th scope="col">What was told</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function diffView(app: Stored<Application>, preview: Preview): Html {
  const words = {
    nothing: 'Nothing would change.',
    changes: 'This would change.',
    refused: 'This would be refused.',
  };
  return html`<h1>${nameOf(app)}: what the branch would change now</h1>
<p>Commit <code>${preview.revision}</code>. ${words[preview.outcome]}</p>
${preview.refused ? refusalView(preview.refused) : ''}
${preview.policy.map(({ by, findings, failure }) => [
  failure ? refusalView(failure) : '',
  findings.map(
    ({ rule, object, field, why, fix }) =>
      html`<p class="message">Policy ${by}: ${rule} at ${object} ${field}: ${why} ${fix}</p>`,
  ),
])}
${preview.clusters.map(({ cluster, plan, cost, refused }) => {
  const changed = (plan?.objects ?? []).filter(({ action }) => action !== 'unchanged');
  return html`<h2>${cluster === undefined ? 'Objects' : `Cluster ${cluster}`}</h2>${refused ? refusalView(refused) : ''}
${(plan?.problems ?? []).map(refusalView)}
<p>${changed.length} object(s) differ${cost ? html`; ${costInWords(cost.before, cost.after).join('; ')}` : ''}.</p>${changed.slice(0, MOST_SHOWN).map(plannedView)}
${changed.length > MOST_SHOWN ? html`<p>and ${changed.length - MOST_SHOWN} more</p>` : ''}`;
})}`;
}

const MOST_SHOWN = 200;
const VALUE_CHARACTERS = 2_000;

function plannedView(one: PlannedObject): Html {
  const fields = one.changes.map(fieldView);
  const taken = one.taken.map(({ path, owner }) => html`${path} is taken from ${owner.manager}\n`);
  return html`<details open><summary>${one.action} <strong>${inWords(one)}</strong> ${one.note}</summary>${fields.length + taken.length > 0 ? html`<pre>${fields}${taken}</pre>` : ''}</details>
`;
}

function fieldView({ path, before, after, hidden }: FieldChange): Html {
  if (hidden) return html`${path}: (changed, not shown)\n`;
  return html`${path}:\n${lines('minus', '-', before)}${lines('plus', '+', after)}`;
}

function lines(tone: string, sign: string, value: unknown): Content {
  if (value === undefined) return '';
  const text = shortened(typeof value === 'string' ? value : stringifyJson(value, 2), VALUE_CHARACTERS);
  return text.split(/\r\n?|\n/).map((line) => html`<span class="${tone}">${sign} ${line}</span>\n`);
}

function refusalView({ code, where, found, expected, remedy }: Refusal): Html {
  return html`<p class="message">${code} at ${where}: found ${found}; expected ${expected}. ${remedy}</p>`;
}

export function troubleView(title: string, words: string): Html {
  return html`<h1>${title}</h1><p class="message">${words}</p>`;
}
