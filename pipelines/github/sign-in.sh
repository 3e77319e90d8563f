#!/usr/bin/env bash
# Signs the Azure CLI in as the job's identity, with the job's own OIDC token, without a secret.
#
#   ARM_ENVIRONMENT                the tenant's cloud, as the azuread provider names it; the global one if it is left out
#   ARM_CLIENT_ID, ARM_TENANT_ID   the identity, whose federated credential names this job's subject
#
# The token goes through a pipe (az reads "@-" from stdin). It expires after minutes, so the tokens that the run
# needs later are requested now and kept in a folder that the runner deletes after the job.
set -euo pipefail
umask 077
# shellcheck source=/dev/null
source "$(dirname "$0")/stop-commands.sh"

: "${ARM_CLIENT_ID:?is the client id of the identity}" "${ARM_TENANT_ID:?is the id of the tenant}"
export AZURE_CONFIG_DIR="$RUNNER_TEMP/azure"
mkdir -p "$AZURE_CONFIG_DIR"

vault=https://vault.azure.net
case "${ARM_ENVIRONMENT:-global}" in
  usgovernment* | dod) cloud=AzureUSGovernment vault=https://vault.usgovcloudapi.net ;;
  china) cloud=AzureChinaCloud vault=https://vault.azure.cn ;;
  *) cloud=AzureCloud ;;
esac
[ "$cloud" = AzureCloud ] || az cloud set --name "$cloud" --output none

# Node.js uses a proxy of the runner only if it is asked to; az does so by itself.
export NODE_USE_ENV_PROXY=1
said="$AZURE_CONFIG_DIR/sign-in.log"
export PRESENTED_FILE="$AZURE_CONFIG_DIR/presented.json"
if ! node "$(dirname "$0")/id-token.mjs" |
  az login --service-principal --username "$ARM_CLIENT_ID" --tenant "$ARM_TENANT_ID" \
    --federated-token @- --allow-no-subscriptions --output none 2> "$said"; then
  cat "$said" >&2
  node --no-warnings "$(dirname "$0")/explain-sign-in.mjs" "$said" "$PRESENTED_FILE"
  exit 1
fi
cat "$said" >&2
for resource in "$vault" https://storage.azure.com/; do
  az account get-access-token --resource "$resource" --output none
done

echo "AZURE_CONFIG_DIR=$AZURE_CONFIG_DIR" >> "$GITHUB_ENV"
