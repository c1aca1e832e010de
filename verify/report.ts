import type { Checked } from './find';
import type { Finding } from './finding';
import { asGraph } from './graph';
import { escaped } from './markup';
import type { Verification } from './verify';

/** Reports for people, for CI and for a browser. What a cluster says is text in each of them, never markup. */

export function asText({ checked, findings, unread, seconds }: Verification): string {
  const notRead = unread.map((right) => `not looked at, for want of the right to ${right}\n`);
  const well = checked.filter(isWell).length;
  const summary = `${well} of ${checked.length} are as they were meant, in ${seconds.toFixed(1)} s\n`;
  const [slowest] = checked.filter(hasTime).sort((one, other) => other.readySeconds - one.readySeconds);
  const slow = slowest ? `the slowest, ${slowest.object}, was ready after ${slowest.readySeconds} s\n` : '';
  return [...findings.map(inWords), ...notRead, slow, summary].join('');
}

/** What could not be read is not well: nothing is known of it. */
export function isWell({ finding, isUnread }: Checked): boolean {
  return !finding && !isUnread;
}

function hasTime(checked: Checked): checked is Checked & { readonly readySeconds: number } {
  return checked.readySeconds !== undefined;
}

function inWords({ code, path, where, found, expected, remedy }: Finding): string {
  return `${code} at ${where}\n  way:      ${path.join(' -> ')}\n  found:    ${found}\n  expected: ${expected}\n  do:       ${remedy}\n\n`;
}

/** JUnit's XML: a test case for each object. */
export function asJunit({ checked, seconds }: Verification): string {
  const cases = checked.map(({ object, namespace = '', finding, isUnread, readySeconds }) => {
    const time = readySeconds === undefined ? '' : ` time="${readySeconds.toFixed(3)}"`;
    const open = `  <testcase name="${escaped(object)}" classname="${escaped(namespace)}"${time}`;
    if (isUnread) return `${open}><skipped message="it could not be read"/></testcase>`;
    if (!finding) return `${open}/>`;
    return `${open}><failure type="${finding.code}" message="${escaped(finding.found)}">${escaped(inWords(finding))}</failure></testcase>`;
  });
  const failed = checked.filter(({ finding }) => finding).length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="drydock verify" tests="${checked.length}" failures="${failed}" time="${seconds.toFixed(3)}">
${cases.join('\n')}
</testsuite>
`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
td .bar{display:inline-block;height:.7em;margin-right:.5em;background:#0969da}svg{width:100%;height:auto;font-size:12px}
path{fill:none;stroke:#8c959f}rect{fill:#f6f8fa;stroke:#116329}.ill rect{stroke:#a40e26;stroke-width:2}.named rect{stroke:#8c959f;stroke-dasharray:3}
.well{color:#116329}.ill{color:#a40e26}code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
section{border-left:4px solid #a40e26;padding:.2rem 1rem;margin:1rem 0;background:#fff5f5}dt{font-weight:600}dd{margin:0 0 .4rem}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}section{background:#1d1214}rect{fill:#161b22}text{fill:#e6edf3}.well{color:#4ac26b}.ill{color:#ff7b72}}`;

/** One file without anything from elsewhere: it can be sent and kept. */
export function asHtml({ checked, findings, unread, seconds }: Verification): string {
  const longest = Math.max(1, ...checked.filter(hasTime).map(({ readySeconds }) => readySeconds));
  const rows = checked.map(({ object, namespace = '', finding, isUnread, readySeconds }) => {
    const ill = finding?.code ?? (isUnread && 'not looked at');
    const state = ill ? `<span class="ill">${ill}</span>` : '<span class="well">as meant</span>';
    return `<tr><td><code>${escaped(object)}</code></td><td>${escaped(namespace)}</td><td>${state}</td><td>${timeOf(readySeconds, longest)}</td></tr>`;
  });
  const well = checked.filter(isWell).length;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>drydock verify</title>
<style>${STYLE}</style></head><body>
<h1>${well} of ${checked.length} are as they were meant</h1>
<p>Looked at in ${seconds.toFixed(1)} s.${unread.map((right) => ` Not looked at, for want of the right to ${escaped(right)}.`).join('')}</p>
${findings.map(asSection).join('\n')}
<table><thead><tr><th>object</th><th>namespace</th><th></th><th>ready after</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
${asGraph(checked)}
</body></html>
`;
}

/** A bar that is as long as the slowest one where it took as long. */
function timeOf(seconds: number | undefined, longest: number): string {
  if (seconds === undefined) return '';
  const width = ((8 * seconds) / longest).toFixed(2);
  return `<span class="bar" style="width:${width}rem"></span>${seconds} s`;
}

function asSection({ code, path, where, found, expected, remedy }: Finding): string {
  const facts = Object.entries({ way: path.join(' → '), found, expected, do: remedy });
  const list = facts.map(([name, text]) => `<dt>${name}</dt><dd>${escaped(text)}</dd>`).join('');
  return `<section><h2>${code} at <code>${escaped(where)}</code></h2><dl>${list}</dl></section>`;
}
