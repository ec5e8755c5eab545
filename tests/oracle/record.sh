#!/bin/sh
# Records lme4's fits of the simulated panels. Needs Rscript with lme4 and jsonlite.
# With the folder of the reference rows as an argument, also checks the four reference models.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python}" "$here/panels.py" "$folder"
Rscript "$here/lme4_panels.R" "$folder" "$here/lme4_panels.json"
if [ $# -gt 0 ]; then Rscript "$here/lme4_reference.R" "$1"; fi
