#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh IDP_SIM CACHE EXAMPLE: one example as its readers run it. Exit 77: its tool is missing.
set -u
here=$(cd "$(dirname "$0")" && pwd)
IDP_SIM=$(realpath "$1") PYTHONDONTWRITEBYTECODE=1
export IDP_SIM PYTHONDONTWRITEBYTECODE
cache=$2
mkdir -p "$cache"

need() {
	command -v "$1" >/dev/null || { echo "SKIPPED: $1 is not installed" >&2; exit 77; }
}

cd "$here/$3" || exit 2
case $3 in
pytest)
	# The pinned packages of ../clients/install.sh.
	"$here/../clients/install.sh" "$cache" || exit $?
	"$cache/python/bin/python" -m pytest -q -n 3 -p no:cacheprovider
	;;
go)
	need go
	GOCACHE=$cache/go GOFLAGS=-mod=mod GOPROXY=off go test -count=1 ./...
	;;
node)
	need node
	node --test
	;;
junit)
	need mvn
	rm -rf "$cache/junit"
	cp -R . "$cache/junit" && cd "$cache/junit" || exit 2
	mvn -q -B dependency:resolve >"$cache/mvn.log" 2>&1 ||
		{ echo "SKIPPED: the Maven repository did not answer; see $cache/mvn.log" >&2; exit 77; }
	mvn -B test
	;;
esac
