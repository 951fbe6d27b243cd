#!/usr/bin/env bash
# Starts pasarela in the background, waits until it is ready, and exports the endpoint and
# a key pair. The runner ends the program with the job.
set -euo pipefail

data=$(mktemp -d "${RUNNER_TEMP:-/tmp}/pasarela.XXXXXX")
log=$data/output.log
nohup "${PASARELA_BIN:-pasarela}" serve --local --data "$data/store" --listen "${PASARELA_LISTEN:-127.0.0.1:4566}" >"$log" 2>&1 </dev/null &
server=$!

for _ in $(seq 300); do
	if grep -q '^Ready\.$' "$log"; then
		endpoint=$(sed -n 's/.*serves \(http[^ ]*\) .*/\1/p' "$log" | head -n 1)
		cat >>"$GITHUB_ENV" <<-END
			AWS_ENDPOINT_URL=$endpoint
			AWS_ACCESS_KEY_ID=test
			AWS_SECRET_ACCESS_KEY=test
			AWS_REGION=us-east-1
			AWS_DEFAULT_REGION=us-east-1
			PASARELA_PID=$server
		END
		echo "endpoint=$endpoint" >>"$GITHUB_OUTPUT"
		echo "pasarela serves $endpoint; its output is $log"
		exit 0
	fi
	if ! kill -0 "$server" 2>/dev/null; then
		break
	fi
	sleep 0.1
done
echo "::error::pasarela is not ready; its output:"
cat "$log"
kill "$server" 2>/dev/null || true
exit 1
