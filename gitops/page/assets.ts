/** What the page is drawn with: served by the same process, as nothing else may be loaded. */

export const STYLE = `:root { color-scheme: light dark;
  --back: #ffffff; --fore: #1b1f24; --soft: #57606a; --line: #d0d7de; --box: #f6f8fa; --link: #0550ae;
  --good: #116329; --wait: #7d4e00; --bad: #a40e26; --unknown: #57606a; --plus: #dafbe1; --minus: #ffebe9; }
@media (prefers-color-scheme: dark) { :root {
  --back: #0d1117; --fore: #e6edf3; --soft: #9da7b1; --line: #3d444d; --box: #161b22; --link: #79c0ff;
  --good: #56d364; --wait: #e3b341; --bad: #ff7b72; --unknown: #9da7b1; --plus: #12361f; --minus: #4a1b1d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--fore); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: .75rem 1rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: baseline; border-bottom: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
footer { color: var(--soft); font-size: .85rem; }
h1 { font-size: 1.4rem; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: .85rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td code, th code { white-space: nowrap; }
tr:target { background: var(--box); }
code, pre { font: .9em ui-monospace, monospace; } code { overflow-wrap: anywhere; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .5rem; overflow-x: auto; margin: .5rem 0; }
pre .plus { background: var(--plus); } pre .minus { background: var(--minus); }
.state { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .wait { color: var(--wait); } .bad { color: var(--bad); } .unknown { color: var(--unknown); }
.message { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--box); border-left: 4px solid var(--line); padding: .5rem .75rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
input { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--soft); border-radius: 6px; padding: .3rem .6rem; width: 100%; max-width: 24rem; }
.graph { overflow-x: auto; margin-bottom: 1rem; border: 1px solid var(--line); border-radius: 6px; padding: .75rem; }
.graph rect { fill: var(--box); stroke: currentColor; stroke-width: 1.5; } .graph text { fill: var(--fore); font: 13px system-ui, sans-serif; }
.graph text.kind { fill: var(--soft); font-size: 11px; } .graph text.sign { fill: currentColor; font-weight: 700; }
.graph a { text-decoration: none; } .graph a:focus-visible { outline: none; } .graph a:focus-visible rect, .graph a:hover rect { stroke-width: 3.5; }
.edge { fill: none; stroke: var(--soft); stroke-width: 1.5; }
@media (max-width: 40rem) {
  table.cards thead { position: absolute; left: -99rem; }
  table.cards tr { display: block; border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
  table.cards td, table.cards th { display: block; border: 0; padding: .1rem 0; overflow-wrap: anywhere; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
`;

/** Reads the page anew while somebody looks at it, and hides what is not searched for. Without it the page is the same, and still. */
export const SCRIPT = `'use strict';
let wanted = '';
const begin = () => {
  const rows = document.querySelectorAll('tr[data-name]');
  const sift = () => { for (const row of rows) row.hidden = !row.dataset.name.includes(wanted.trim().toLowerCase()); };
  const field = document.querySelector('#filter');
  if (!field) return;
  field.closest('p').hidden = false;
  field.value = wanted;
  field.addEventListener('input', () => { wanted = field.value; sift(); });
  sift();
};
begin();
const every = Number(document.body.dataset.every);
let seen = '';
if (every > 0) setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href.split('#')[0], { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#live');
    const live = document.querySelector('#live');
    const at = document.activeElement;
    // What has the focus stays, so that nobody who uses a keyboard is thrown out.
    if (!fresh || fresh.innerHTML === seen || (at !== live && live.contains(at))) return;
    seen = fresh.innerHTML;
    live.replaceChildren(...fresh.childNodes);
    begin();
  } catch { /* The next look may be answered. */ }
}, every);
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0550ae"/><path d="M4 8l3 3 5-6" fill="none" stroke="#fff" stroke-width="2"/></svg>`;
