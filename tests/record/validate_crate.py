"""Hold a folder against the profile of RO-Crate 1.1, without a network; exit status 1 and the issues where it fails.

Run by the Python of an environment of its own (requirements-crate.txt): ``python validate_crate.py FOLDER``.  The
checker asks the network for the one JSON-LD context that a crate names.  The package ``rocrate`` ships that file, so
it is handed over from there, and every other address is refused.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

from rdflib.plugins.shared.jsonld import context, util
from requests import Response
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SHIPPED = Path(find_spec("rocrate").origin).with_name("data").joinpath("ro-crate.jsonld").read_bytes()


def get(self, url, **_):
    answer = Response()
    answer.status_code, answer.url, answer._content = (200, url, SHIPPED) if url == CONTEXT else (404, url, b"")
    answer.headers["Content-Type"] = "application/ld+json"
    return answer


def source_to_json(source, *arguments, **options):
    if source == CONTEXT:
        return json.loads(SHIPPED), None
    return read(source, *arguments, **options)


read = util.source_to_json
context.source_to_json = source_to_json
HttpRequester.get = HttpRequester.head = get


def main(folder: str) -> int:
    settings = services.ValidationSettings(
        rocrate_uri=folder, profile_identifier="ro-crate-1.1", requirement_severity=models.Severity.RECOMMENDED
    )
    issues = services.validate(settings).get_issues()
    for issue in issues:
        print(f"{issue.severity.name}: {issue.message} ({issue.check.identifier})")
    return 1 if issues else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
