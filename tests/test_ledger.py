"""The ledger says what certificates say, and turns red when the transcription moves."""

import copy

import pytest
import sympy as sp

from relics import ledger, papers, strain_coupling
from relics.papers import transcription
from relics.proof import ProofError, certify, package, premise

FIELDS = {
    "id", "numbered", "part", "chapter", "anchor", "kind", "relation", "printed", "outcome", "prefactor",
    "premises", "function", "routes", "numeric_max_rel_err", "resolution", "blind", "dimension",
}  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return ledger.collect()


def test_every_entry_has_its_row_with_the_fields_of_the_contract(data):
    assert [r["id"] for r in data["equations"]] == [e.id for e in papers.equations()]
    assert [r["id"] for r in data["figures"]] == [f.id for f in papers.figures()]
    assert [r["id"] for r in data["claims"]] == [c.id for c in papers.claims()]
    assert all(set(r) >= FIELDS for r in data["equations"])
    assert all(
        {"id", "quoted", "computed", "verdict", "function"} <= set(r) for r in data["claims"]
    )


def test_nothing_decided_is_stale_or_unexplained(data):
    assert data["problems"] == []


def test_verdicts_are_those_of_the_contract(data):
    assert {r["relation"] for r in data["equations"]} <= {
        "",
        "equal",
        "tends",
        "proportional",
        "estimate",
        "property",
    }
    assert {r["printed"] for r in data["equations"]} <= {"", "holds", "fails", "ambiguous"}
    assert {r["outcome"] for r in data["equations"]} <= {"established", "refuted", "owed"}
    facts = {f["verdict"] for r in data["figures"] for f in r["facts"]}
    assert facts <= {"holds", "fails", "beyond reach"}
    allowed = {"", "agrees", "within-rounding", "order-of-magnitude", "disagrees", "input"}
    assert {c["verdict"] for c in data["claims"]} <= allowed


def test_inputs_and_only_inputs_are_taken_as_given(data):
    for row in data["claims"]:
        if row["verdict"]:
            assert (row["verdict"] == "input") == (papers.claim(row["id"]).kind == "input"), row[
                "id"
            ]


def test_premises_lead_to_entries_or_assumptions(data):
    known = {e.id for e in papers.equations()} | set(transcription.assumption_ids())
    for row in data["equations"]:
        assert set(row["premises"]) <= known, row["id"]
        if row["relation"] != "property":
            assert row["id"] not in row["premises"], f"{row['id']} rests on itself"


def test_derivations_do_not_run_in_circles(data):
    same = {e.id: set(e.same_as) for e in papers.equations()}
    rests = {
        r["id"]: set(r["premises"]) - {r["id"]}
        for r in data["equations"]
        if r["relation"] != "property"
    }

    def visit(identifier, trail):
        assert identifier not in trail, f"circle of premises: {' -> '.join([*trail, identifier])}"
        for other in rests.get(identifier, ()):
            if other not in same.get(identifier, ()):
                visit(other, [*trail, identifier])

    for identifier in rests:
        visit(identifier, [])


def certificate():
    F = premise("LW07-6")
    N = F.symbols("N")
    derived = {"F_b": F.rhs.subs(N, sp.solve(sp.diff(F.rhs, N), N)[0])}
    return certify("LW07-7", derived, premises=["LW07-6"]).data | {"notebook": "x", "seconds": 0}


def test_a_changed_coefficient_in_a_transcription_names_the_equation(monkeypatch):
    data = certificate()
    row = transcription.raw("LW07-7")["row"]
    changed = {k: v for k, v in row.items() if k != "table"}
    changed["printed"] = "Eq(F_b, gamma**2/(4.0000000001*s_c*T))"
    moved = transcription.make_statement(changed, transcription._shared("liquid.toml"))
    monkeypatch.setattr(transcription, "statement", lambda _: moved)
    result = ledger._audit_one(data)
    (line, stale) = ledger._explain(
        ledger._equation_row(papers.equation("LW07-7"), data, result), data, result
    )
    assert line.startswith("LW07-7: the certificate rejects the transcription")
    assert stale.startswith("LW07-7: stale")


def test_a_damaged_certificate_is_a_finding_not_a_crash():
    data = copy.deepcopy(certificate())
    data["evidence"][0]["places"] = "nonsense"
    result = ledger._audit_one(data)
    assert "error" in result or result["excess"] > 1


def test_an_equation_that_rests_on_nothing_is_a_problem():
    data = certificate() | {"premises": []}
    result = ledger._audit_one(data)
    row = ledger._equation_row(papers.equation("LW07-7"), data, result)
    assert ledger._explain(row, data, result) == ["LW07-7: established, but no premise is claimed"]


def test_a_number_inside_the_band_of_an_estimate_still_has_to_be_the_derived_one():
    """Twice the derived coupling stays inside the band of 1/3 to 3."""
    F = premise("LW07-17")
    u2, equal = F.symbols("u2"), F.all[1]
    derived = {"g": F.all[0].rhs / sp.sqrt(u2)}
    derived["g"] = derived["g"].subs(u2, sp.solve(equal.lhs - equal.rhs, u2)[0])

    def made(times):
        call = package(
            strain_coupling.coupling, density="rho", c_s="c_s", a="a", T_g="T_g", times=times
        )
        return certify(
            "LW07-18", derived, premises=["LW07-17"], relation="estimate", number={"g": call}
        )

    with pytest.raises(ProofError, match="LW07-18: relics.strain_coupling.coupling gives"):
        made("2")
    assert made("1")["numeric_max_rel_err"] == pytest.approx(0, abs=1e-12)
