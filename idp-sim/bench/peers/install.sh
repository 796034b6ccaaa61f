#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh DIR: peers of idp-sim that issue JWTs, pinned. Exit 77 when a registry is silent.
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1" || exit 2

if [ ! -x mockoidc/mockoidc ] && command -v go >/dev/null; then
	mkdir -p mockoidc && cp "$here/mockoidc.go" mockoidc/main.go
	(cd mockoidc && { [ -f go.mod ] || go mod init bench; } &&
		go get github.com/oauth2-proxy/mockoidc@v0.0.0-20240214162133-caebfff84d25 &&
		go build -o mockoidc .) >mockoidc.log 2>&1 || echo "SKIPPED mockoidc: see mockoidc.log" >&2
fi
if [ ! -d node_modules/oidc-provider ] && command -v npm >/dev/null; then
	{ npm init -y && npm install --no-audit --no-fund oidc-provider@9.13.3 oauth2-mock-server@9.3.0; } \
		>npm.log 2>&1 || echo "SKIPPED oidc-provider, oauth2-mock-server: see npm.log" >&2
fi
[ -x mockoidc/mockoidc ] || [ -d node_modules/oidc-provider ] || exit 77
