#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh DIR: the real clients, pinned. Exit 77 when a registry does not answer. One installs, who
# comes beside it waits.
set -u
mkdir -p "$1" && cd "$1" || exit 2
exec 9>install.lock
flock 9

silent() {
	echo "SKIPPED: $1 did not answer; see $2 beside the tests" >&2
	exit 77
}

if [ ! -f python.done ]; then
	python3 -m venv python >python.log 2>&1 || exit 2
	python/bin/pip install --quiet --disable-pip-version-check msal==1.31.1 pytest==8.3.4 \
		pytest-xdist==3.6.1 >>python.log 2>&1 || silent "the Python package index" python.log
	touch python.done
fi
if [ ! -f node.done ]; then
	command -v npm >/dev/null || { echo "SKIPPED: npm is not installed" >&2; exit 77; }
	[ -f package.json ] || npm init -y >node.log 2>&1
	npm install --no-audit --no-fund @azure/msal-node@2.16.2 openid-client@6.1.7 \
		@okta/jwt-verifier@4.0.1 keycloak-connect@26.1.1 express@4.21.2 \
		express-session@1.18.1 >>node.log 2>&1 || silent "the npm registry" node.log
	touch node.done
fi
