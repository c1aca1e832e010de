#!/bin/sh
# Builds the images of all programs as NAME:VERSION-COMMIT, the tag that the charts take, and writes beside each what it has of
# npm: dist/images/NAME-VERSION-COMMIT.cdx.json (CycloneDX). What its base has is the base's to say.
#
#     workloads/scripts/build-images.sh              with docker; BUILDER=podman or BUILDER=buildah for another
#     workloads/scripts/build-images.sh --print      only says which images these are
#     PROGRAMS='todo-backend ci-fixer' workloads/scripts/build-images.sh      these alone
#
# Any other option goes to the builder: --build-arg BASE=... and --build-arg BUILD_BASE=... are what images are made
# on, and --build-arg GIT_BASE=... what the one is that needs git.
set -eu
cd "$(dirname "$0")/.."
version=$(node -p "require('./todo-backend/package.json').version")
tag=$version-$(git rev-parse --short=7 HEAD)
programs=${PROGRAMS:-todo-frontend todo-backend todo-mcp-server todo-ai-agent model-script ci-fixer jujutsu-gitops-controller}
# These have the library in them.
has_library() { case $1 in ci-fixer | jujutsu-gitops-controller) ;; *) return 1 ;; esac; }

if [ "${1:-}" = --print ]; then
  for program in $programs; do echo "$program:$tag"; done
  exit 0
fi
# The tag names a commit, so the image has to be of that commit. Some have the library in them, so all of it counts.
if [ -n "$(git status --porcelain -- ..)" ]; then
  echo "There are changes that are in no commit, and the tag $tag would name one. Commit them, then try again." >&2
  exit 1
fi
bills=../dist/images
mkdir -p "$bills"
for program in $programs; do
  has_library "$program" || continue
  rm -f "$program"/cdk8s-drydock-*.tgz
  (cd .. && npm pack --silent --pack-destination "workloads/$program" >/dev/null)
done
for program in $programs; do
  node scripts/sbom.js "$program" >"$bills/$program-$tag.cdx.json"
  "${BUILDER:-docker}" build "$@" --file "$program/Dockerfile" --tag "$program:$tag" .
done
