"""The files for production hold what they must; nothing here needs Docker or a cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.local.stack import Stack
from config.local.supervisor import children_of

ROOT = Path(__file__).resolve().parents[3]
K8S = ROOT / "k8s"
OVERLAYS = ["staging", "production"]
YAML_FILES = sorted([*K8S.rglob("*.yaml"), ROOT / "deploy" / "compose.yaml"])


def documents(path: Path) -> list[Any]:
    return [each for each in yaml.safe_load_all(path.read_text()) if each is not None]


def base() -> dict[tuple[str, str], dict[str, Any]]:
    kustomization = documents(K8S / "base" / "kustomization.yaml")[0]
    found = [each for name in kustomization["resources"] for each in documents(K8S / "base" / name)]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def workloads() -> dict[str, dict[str, Any]]:
    return {
        name: each["spec"]["template"]["spec"]
        for (kind, name), each in base().items()
        if kind in {"Deployment", "Job"}
    }


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_yaml_file_can_be_read(path: Path) -> None:
    assert documents(path)


def test_every_manifest_of_the_base_is_listed_and_named_once() -> None:
    listed = set(documents(K8S / "base" / "kustomization.yaml")[0]["resources"])
    assert listed == {path.name for path in (K8S / "base").glob("*.yaml")} - {"kustomization.yaml"}
    assert len(base()) == sum(len(documents(K8S / "base" / name)) for name in listed)


def test_web_worker_scheduler_and_migration_are_separate_workloads_of_one_image() -> None:
    assert set(workloads()) == {"web", "operator", "worker", "scheduler", "migrate"}
    assert {each["containers"][0]["image"] for each in workloads().values()} == {"duly"}


def test_only_worker_and_migration_are_given_the_owners_login() -> None:
    for name, spec in workloads().items():
        secrets = {
            source["secretRef"]["name"]
            for source in spec["containers"][0]["envFrom"]
            if "secretRef" in source
        }
        assert ("duly-owner" in secrets) == (name in {"worker", "migrate"}), name
    services = documents(ROOT / "deploy" / "compose.yaml")[0]["services"]
    holders = {
        name for name, each in services.items() if "DATABASE_OWNER_URL" in (each.get("environment") or {})
    }
    assert holders == {"worker", "migrate"}


def test_the_console_has_a_login_of_its_own_and_no_other() -> None:
    secrets = [source.get("secretRef") for source in workloads()["operator"]["containers"][0]["envFrom"]]
    assert [each["name"] for each in secrets if each] == ["duly-operator"]
    services = documents(ROOT / "deploy" / "compose.yaml")[0]["services"]
    holders = {
        name
        for name, each in services.items()
        if "duly_operator" in str((each.get("environment") or {}).get("DATABASE_URL"))
    }
    assert holders == {"operator"}
    assert services["operator"]["environment"]["DULY_PROCESS"] == "operator"


def test_only_the_worker_copies_whole_tenants() -> None:
    """The login for backups reads every password hash: no process that answers requests is given it."""
    services = documents(ROOT / "deploy" / "compose.yaml")[0]["services"]
    for name, each in services.items():
        assert ("DATABASE_BACKUP_URL" in (each.get("environment") or {})) == (name == "worker"), name


def test_each_process_of_make_run_has_its_own_login_and_no_other(tmp_path: Path) -> None:
    logins = {"DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL", "DATABASE_BACKUP_URL", "DATABASE_CELL_OWNERS"}
    urls = {name: f"postgresql://{name.lower()}@127.0.0.1/duly" for name in logins}
    stack = Stack(tmp_path, {"DATABASE_URL": "postgresql://app@127.0.0.1/duly", **urls}, operator_port=1)
    held = {child.name: logins & set(child.environment) for child in children_of(stack, 1)}
    assert held == {"worker": logins, "scheduler": set(), "web": set(), "operator": set()}
    operator = next(child for child in children_of(stack, 1) if child.name == "operator")
    assert operator.environment["DATABASE_URL"] == urls["DATABASE_OPERATOR_URL"]


def test_no_workload_runs_as_root_writes_its_image_or_has_no_memory_limit() -> None:
    for name, spec in workloads().items():
        container = spec["containers"][0]
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
        assert container["securityContext"]["capabilities"]["drop"] == ["ALL"], name
        assert "memory" in container["resources"]["limits"], name


def test_the_scheduler_is_alone_and_web_is_probed_where_it_answers() -> None:
    scheduler = base()["Deployment", "scheduler"]["spec"]
    assert (scheduler["replicas"], scheduler["strategy"]["type"]) == (1, "Recreate")
    web = workloads()["web"]["containers"][0]
    health = (ROOT / "config" / "health.py").read_text()
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert f'"{web[probe]["httpGet"]["path"]}"' in health


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_patches_only_what_the_base_has(overlay: str) -> None:
    folder = K8S / "overlays" / overlay
    for patch in documents(folder / "kustomization.yaml")[0]["patches"]:
        targets = [patch["target"]] if "target" in patch else documents(folder / patch["path"])
        for target in targets:
            name = target.get("name") or target["metadata"]["name"]
            assert (target["kind"], name) in base()


def test_every_selector_finds_its_pods() -> None:
    pods = {
        name: each["spec"]["template"]["metadata"]["labels"]
        for (kind, name), each in base().items()
        if kind == "Deployment"
    }
    for name, labels in pods.items():
        assert base()["Deployment", name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert base()["Service", "web"]["spec"]["selector"].items() <= pods["web"].items()


def test_names_of_the_environment_are_ones_the_settings_read() -> None:
    readers = [*(ROOT / "config" / "settings").glob("*.py"), ROOT / "deploy" / "gunicorn.conf.py"]
    known = set(re.findall(r'"([A-Z][A-Z_]{3,})"', "".join(path.read_text() for path in readers)))
    known |= {"DJANGO_SETTINGS_MODULE"}
    given = set(base()["ConfigMap", "duly"]["data"])
    services = documents(ROOT / "deploy" / "compose.yaml")[0]["services"]
    given |= {
        name
        for service in ("web", "operator", "worker", "migrate")
        for name in services[service]["environment"]
    }
    assert given <= known, given - known


def test_the_image_installs_with_hashes_and_runs_as_a_user() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    for script in re.findall(r"deploy/[\w./-]+", text + (ROOT / "k8s" / "base" / "migrate.yaml").read_text()):
        assert (ROOT / script.rstrip(".")).exists(), script
