import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answer,
  type SmallServer,
  type SmallServerOptions,
  startSmallServer,
} from '../../controller/serve/small-server';
import { DrydockError } from '../../errors';
import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { ICON, SCRIPT, STYLE } from './assets';
import { html } from './html';
import { Busy, type PageData } from './page-data';
import { applicationView, diffView, frame, listView, pathOf, troubleView } from './views';

export interface PageServerOptions extends Pick<SmallServerOptions, 'port' | 'host'> {
  /** By which names it may be asked for, beside those of this machine. */
  readonly names: readonly string[];
  readonly data: Pick<PageData, 'all' | 'get' | 'clustersOf' | 'diffOf'>;
}

/** Nothing is loaded from elsewhere, nothing is sent anywhere, and no other page may show this one. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

const ASSETS: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '/page.css': ['text/css; charset=utf-8', STYLE],
  '/page.js': ['text/javascript; charset=utf-8', SCRIPT],
  '/icon.svg': ['image/svg+xml', ICON],
};

const LOCAL: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const APPLICATION = /^\/applications\/([a-z0-9.-]{1,253})\/([a-z0-9.-]{1,253})(\/diff)?$/;

/** A page that shows and changes nothing: it takes GET alone, and reads no body. */
export function startPageServer({ names, data, ...where }: PageServerOptions): Promise<SmallServer> {
  return startSmallServer(where, (request, response) => {
    request.resume();
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const problem = problemOf(request, names);
    if (problem) return answer(response, ...problem);
    void show(request, response, data);
  });
}

function problemOf(
  { method, headers }: IncomingMessage,
  names: readonly string[],
): [number, string] | undefined {
  if (method !== 'GET' && method !== 'HEAD') return [405, 'GET only'];
  // A page of elsewhere whose name was made to lead here would else read it with the browser of who may.
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if ([...LOCAL, ...names].includes(name)) return undefined;
  return [421, 'ask for it by localhost, or start it with --page-name NAME'];
}

async function show(
  request: IncomingMessage,
  response: ServerResponse,
  data: PageServerOptions['data'],
): Promise<void> {
  const path = (request.url ?? '').split('?')[0]!;
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (asset) return answer(response, 200, asset[1], asset[0]);
  const [status, text] = await pageAt(path, data);
  if (!response.destroyed) answer(response, status, text, 'text/html; charset=utf-8');
}

async function pageAt(path: string, data: PageServerOptions['data']): Promise<readonly [number, string]> {
  if (path === '/') return [200, frame({ title: 'Applications', body: listView(data.all()) })];
  const [, namespace, name, diff] = APPLICATION.exec(path) ?? [];
  const app = namespace !== undefined && name !== undefined ? data.get(namespace, name) : undefined;
  if (!app) return trouble(404, 'There is no such page', 'It may have been deleted.');
  const title = `${namespace}/${name}`;
  const up = html`<a href="${pathOf(app)}">${title}</a>`;
  // No look at a page is worth a sandbox.
  if (diff && app.spec.render?.cdk8s)
    return trouble(
      404,
      title,
      `Programs are not run for this page: drydock gitops preview ${name} -n ${namespace} does it.`,
    );
  try {
    // What a diff costs is not paid again and again by a page that is left open.
    return diff
      ? [200, frame({ title: `${title}: diff`, body: diffView(app, await data.diffOf(app)), up, everyMs: 0 })]
      : [200, frame({ title, body: applicationView(app, await objectsOf(app, data)), up })];
  } catch (error) {
    if (error instanceof Busy) return trouble(503, 'Too many ask at once', 'Ask again in a moment.');
    // What is not ours may quote anything.
    const words = error instanceof DrydockError ? error.message : 'It cannot be read now.';
    return trouble(502, title, words);
  }
}

/** Where the objects cannot be had, what the Application itself says can. */
async function objectsOf(app: Stored<Application>, data: PageServerOptions['data']) {
  try {
    return await data.clustersOf(app);
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    return [{ cluster: undefined, objects: [], edges: [], trouble: error.message }];
  }
}

function trouble(status: number, title: string, words: string): readonly [number, string] {
  return [status, frame({ title, body: troubleView(title, words), everyMs: 0 })];
}
