import {
  concatenation,
  fieldsOf,
  isNode,
  metadataNameOf,
  NAMED_LISTS,
  type Node,
  type Tree,
} from '../template';
import type { ChartModel, ChartObject } from './model';
import { guardedLines } from './print/document';
import { goString } from './print/go-string';
import { pipeline } from './print/pipeline';
import { Scope } from './print/scope';

/**
 * How a chart takes what whoever installs it changes of its objects. The template of an object is a helper then, whose text
 * is read as data, changed and printed anew where a patch is for it; other objects are printed as ever.
 */
export function withPatches(
  { name, patches }: ChartModel & { readonly patches: Node },
  object: ChartObject,
  template: string,
): string {
  const own = goString(`${name}.object.${object.fileName}`);
  const scope = Scope.top(object.where);
  return [
    `{{- define ${own} }}`,
    template.trimEnd(),
    '{{- end }}',
    `{{- include ${goString(`${name}.patched`)} (list (include ${own} .) ${pipeline(patches, scope)}) }}`,
    '',
  ].join('\n');
}

/** `_patches.tpl`: how an object is changed. */
export function patchesHelpers(chart: string): string {
  const lists = Object.entries(NAMED_LISTS).map(([list, by]) => `${goString(list)} ${goString(by)}`);
  return HELPERS.replaceAll('CHART', chart).replaceAll('NAMED', `(dict ${lists.join(' ')})`);
}

/** A template that prints nothing, and fails where a patch is for no object that is installed. */
export function patchesCheck({ patches, objects, name }: ChartModel & { readonly patches: Node }): string {
  const lines = Scope.top(name).around((scope) => [
    '{{- $known := list }}',
    ...objects.flatMap(({ tree, guards }) => guardedLines(guards, scope, (inner) => knownLines(tree, inner))),
    `{{- range $patch := ${pipeline(patches, scope)} }}`,
    '{{- $object := printf "%s/%s" $patch.kind $patch.name }}',
    '{{- if or (not (has $object $known)) (eq $patch.kind "CustomResourceDefinition") }}',
    `{{- fail (printf ${goString(MESSAGE)} $object (join ", " (sortAlpha $known))) }}`,
    '{{- end }}',
    '{{- end }}',
  ]);
  return `${lines.join('\n')}\n`;
}

const MESSAGE = 'patches: a patch of %s, which this chart does not install with these values; it installs %s';

function knownLines(tree: Tree, scope: Scope): string[] {
  const { kind } = fieldsOf(tree);
  if (kind === 'CustomResourceDefinition') return [];
  const parts = [kind, metadataNameOf(tree)].map((part) => (isNode(part) ? part : String(part)));
  const called = parts.every((part) => typeof part === 'string')
    ? parts.join('/')
    : concatenation(withSlash(parts));
  return [`{{- $known = append $known ${pipeline(called, scope)} }}`];
}

function withSlash([kind = '', name = '']: readonly (string | Node)[]): (string | Node)[] {
  return [kind, '/', name];
}

const HELPERS = `{{/* The objects of a text, each with the patches that are for it. */}}
{{- define "CHART.patched" }}
{{- $patches := index . 1 }}
{{- range $text := regexSplit "(?m)^---[ \\\\t]*$" (index . 0) -1 }}
{{- if trim $text }}
{{- $object := fromYaml $text }}
{{- $called := include "CHART.called" $object }}
{{- $isChanged := false }}
{{- range $patch := $patches }}
{{- if and (eq $patch.kind $object.kind) (eq $patch.name $object.metadata.name) }}
{{- $isChanged = true }}
{{- range $path := $patch.remove }}
{{- include "CHART.remove" (list $object $path) }}
{{- end }}
{{- include "CHART.merge" (list $object (deepCopy (default dict $patch.merge))) }}
{{- if ne $called (include "CHART.called" $object) }}
{{- fail (printf "patches: a patch of %s/%s changes what the object is or what it is called" $patch.kind $patch.name) }}
{{- end }}
{{- end }}
{{- end }}
---
{{- if $isChanged }}
{{ include "CHART.data" $object }}
{{- else }}
{{ $text }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "CHART.called" }}
{{- toJson (list .apiVersion .kind (dig "metadata" "name" "" .) (dig "metadata" "namespace" "" .)) }}
{{- end }}

{{/* Puts a map into another: maps into maps, named entries into lists of these, all else in the place of what is there. */}}
{{- define "CHART.merge" }}
{{- $into := index . 0 }}
{{- range $key, $given := index . 1 }}
{{- $before := get $into $key }}
{{- $by := get NAMED $key }}
{{- if and (kindIs "map" $given) (kindIs "map" $before) }}
{{- include "CHART.merge" (list $before $given) }}
{{- else if and $by (include "CHART.isNamed" (list $before $by)) (include "CHART.isNamed" (list $given $by)) }}
{{- $entries := $before }}
{{- range $entry := $given }}
{{- $isThere := false }}
{{- range $one := $entries }}
{{- if eq (get $one $by) (get $entry $by) }}
{{- $isThere = true }}
{{- include "CHART.merge" (list $one $entry) }}
{{- end }}
{{- end }}
{{- if not $isThere }}
{{- $entries = append $entries $entry }}
{{- end }}
{{- end }}
{{- $_ := set $into $key $entries }}
{{- else }}
{{- $_ := set $into $key $given }}
{{- end }}
{{- end }}
{{- end }}

{{/* Takes what the keys lead to out of a map. */}}
{{- define "CHART.remove" }}
{{- $from := index . 0 }}
{{- $key := first (index . 1) }}
{{- $rest := rest (index . 1) }}
{{- $inner := get $from $key }}
{{- $by := get NAMED $key }}
{{- if not $rest }}
{{- $_ := unset $from $key }}
{{- else if kindIs "map" $inner }}
{{- include "CHART.remove" (list $inner $rest) }}
{{- else if and $by (include "CHART.isNamed" (list $inner $by)) }}
{{- $entries := list }}
{{- range $one := $inner }}
{{- $isIt := eq (get $one $by) (first $rest) }}
{{- if and $isIt (rest $rest) }}
{{- include "CHART.remove" (list $one (rest $rest)) }}
{{- end }}
{{- if or (not $isIt) (rest $rest) }}
{{- $entries = append $entries $one }}
{{- end }}
{{- end }}
{{- $_ := set $from $key $entries }}
{{- end }}
{{- end }}

{{/* Whether it is a list of maps that are told apart by a text; nothing is said where it is not. */}}
{{- define "CHART.isNamed" }}
{{- $by := index . 1 }}
{{- $isNamed := kindIs "slice" (index . 0) }}
{{- if $isNamed }}
{{- range $one := index . 0 }}
{{- if not (kindIs "map" $one) }}
{{- $isNamed = false }}
{{- else if not (and (hasKey $one $by) (kindIs "string" (get $one $by))) }}
{{- $isNamed = false }}
{{- end }}
{{- end }}
{{- end }}
{{- ternary "yes" "" $isNamed }}
{{- end }}

{{/* Data as YAML that every reader takes for the same. */}}
{{- define "CHART.data" }}
{{- if and (kindIs "map" .) . }}
{{- range $key, $entry := . }}
{{ quote $key | replace "<" "\\\\u003c" }}:
{{- if and (or (kindIs "map" $entry) (kindIs "slice" $entry)) $entry }}
{{- include "CHART.data" $entry | indent 2 }}
{{- else }} {{ include "CHART.data" $entry }}
{{- end }}
{{- end }}
{{- else if and (kindIs "slice" .) . }}
{{- range $entry := . }}
-
{{- if and (or (kindIs "map" $entry) (kindIs "slice" $entry)) $entry }}
{{- include "CHART.data" $entry | indent 2 }}
{{- else }} {{ include "CHART.data" $entry }}
{{- end }}
{{- end }}
{{- else if kindIs "string" . }}
{{- quote . | replace "<" "\\\\u003c" }}
{{- else }}
{{- toJson . }}
{{- end }}
{{- end }}
`;
