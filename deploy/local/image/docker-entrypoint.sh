#!/bin/sh
# Starts the server. It has the name and the place of LocalStack's own, by which test modules
# start it, and takes those of LocalStack's variables that mean something here. A variable of
# PASARELA_ that is set has precedence.
set -eu

region=${DEFAULT_REGION:-${AWS_DEFAULT_REGION:-}}
if [ -n "$region" ]; then export PASARELA_REGION="${PASARELA_REGION:-$region}"; fi

# The address in apiEndpoint.
host=${LOCALSTACK_HOST:-${HOSTNAME_EXTERNAL:-}}
case $host in
'') ;;
*:*) export PASARELA_PUBLIC_ENDPOINT="${PASARELA_PUBLIC_ENDPOINT:-http://$host}" ;;
*) export PASARELA_PUBLIC_ENDPOINT="${PASARELA_PUBLIC_ENDPOINT:-http://$host:4566}" ;;
esac

case ${DEBUG:-} in 1 | true) export PASARELA_LOG_LEVEL="${PASARELA_LOG_LEVEL:-debug}" ;; esac
case ${PERSISTENCE:-} in 1 | true) export PASARELA_DATA=/var/lib/localstack ;; esac

served=' apigateway apigatewaymanagementapi apigatewayv2 cloudformation execute-api iam lambda s3 ssm sts '
for service in $(printf %s "${SERVICES:-}" | tr , ' '); do
	case $served in
	*" ${service%%:*} "*) ;;
	*) echo "SERVICES names $service, which is not served here; served are:$served" >&2 ;;
	esac
done

exec pasarela serve "$@"
