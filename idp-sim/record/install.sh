#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh DIR: a real Keycloak, pinned, 140 MiB. Exit 77 when the registry does not answer.
set -u
version=26.0.8
mkdir -p "$1" && cd "$1" || exit 2

skip() {
	echo "SKIPPED: $1" >&2
	exit 77
}

[ -f keycloak.done ] && exit 0
for program in java mvn unzip; do
	command -v $program >/dev/null || skip "$program is not installed"
done
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
	-Dartifact=org.keycloak:keycloak-quarkus-dist:$version:zip -DoutputDirectory=. \
	>maven.log 2>&1 || skip "Maven's registry did not answer; see $1/maven.log"
unzip -q -o keycloak-quarkus-dist-$version.zip && rm keycloak-quarkus-dist-$version.zip &&
	mv keycloak-$version keycloak && touch keycloak.done
