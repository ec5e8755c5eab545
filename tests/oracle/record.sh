#!/bin/sh
# Records lme4's fits of the simulated panels, and of the real data under each coding. Needs Rscript with lme4 and
# jsonlite, the project's Python active, and the real data (HRALIGN_DATA); only numbers are kept.
# With the folder of the reference rows as an argument, also checks the four reference models.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python}" "$here/panels.py" "$folder"
Rscript "$here/lme4_panels.R" "$folder" "$here/lme4_panels.json"
mkdir "$folder/codings"
"${PYTHON:-python}" "$here/codings.py" "$folder/codings"
Rscript "$here/lme4_codings.R" "$folder/codings" "$here/lme4_codings.json"
mkdir "$folder/kinship"
"${PYTHON:-python}" "$here/kinship.py" "$folder/kinship"
Rscript "$here/lme4_kinship.R" "$folder/kinship" "$here/lme4_kinship.json"
if [ $# -gt 0 ]; then Rscript "$here/lme4_reference.R" "$1"; fi
