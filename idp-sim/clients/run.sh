#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh IDP_SIM CACHE TEST: one real client against the simulator. Exit 77: it cannot be installed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
IDP_SIM=$(realpath "$1") CLIENTS=$2
export IDP_SIM CLIENTS
if [ "$3" = test_nemo.py ]; then
	# The platform's command line has an install script of its own.
	nemo=$CLIENTS/../targets/nemo-cli
	"$here/../../fixtures/targets/install/nemo-cli.sh" "$nemo" || exit $?
	cd "$here" && PYTHONDONTWRITEBYTECODE=1 exec python3 "$3" "$IDP_SIM" "$nemo/bin/nemo"
fi
"$here/install.sh" "$CLIENTS" || exit $?
case $3 in
*.py)
	cd "$here" && PYTHONDONTWRITEBYTECODE=1 exec "$CLIENTS/python/bin/python" "$3" "$IDP_SIM"
	;;
*.mjs)
	# Node reads its extra certificates at start: the simulator's are made before.
	TLS_DIR=$(mktemp -d)
	export TLS_DIR
	trap 'rm -rf "$TLS_DIR"' EXIT
	: | "$IDP_SIM" serve --port 0 --control-port 0 --tls --tls-port 0 --tls-dir "$TLS_DIR" \
		--ready json --exit-on-stdin-close >/dev/null
	NODE_EXTRA_CA_CERTS=$TLS_DIR/ca.pem NODE_NO_WARNINGS=1 node --test "$here/$3"
	;;
esac
