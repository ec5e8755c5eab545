"""A made-up class that has been graded: what ``hrclass grade`` leaves behind, and what platforms export of it."""

from __future__ import annotations

import json

STUDENTS = ["anna", "bob", "carla", "dario", "eva", "finn"]
UNTIL = 1_793_660_340.0
"""2026-11-02 23:59 in Berlin."""


def record(student, chapter=7, points=(10.0, 6.4), mark=3.0, comment="Well argued.", days=-1.0, **more):
    """A graded notebook: two questions and a defence, handed in some days after the deadline."""
    parts = [{"name": "slope", "points": points[0], "possible": 10.0, "slip": "" if points[0] == 10 else "sign",
              "says": "" if points[0] == 10 else "`slope` has the right size and the wrong sign"}]  # fmt: skip
    count = {"name": "n_cases", "points": points[1] - 0.4, "possible": 6.0, "slip": "missing" if points[1] < 1 else "",
             "says": "`n_cases` has no value: replace the `...` and run the cell" if points[1] < 1 else ""}  # fmt: skip
    form = {"name": "defence", "points": 0.4, "possible": 0.4, "slip": "", "says": ""}
    questions = [
        {"question": 1, "title": "The slope", "doing": True, "points": points[0], "possible": 10.0, "parts": parts},
        {"question": 2, "title": "Cases", "doing": True, "points": points[1] - 0.4, "possible": 6.0, "parts": [count]},
        {"question": 3, "title": "A defence", "doing": True, "points": 0.4, "possible": 4.0, "parts": [form]},
    ]
    text = {"question": 3, "name": "defence", "text": f"<b>It is .02</b> & rising, says {student}.", "words": 6,
            "out_of": 3.6, "rubric": [[3.6, "gives each side its due"], [0.5, "retells the numbers"]], "mark": mark,
            "comment": comment}  # fmt: skip
    return {
        "student": student, "chapter": chapter, "file": f"{chapter}/{student}.ipynb", "digest": student * 3,
        "handed_in": UNTIL + 86_400 * days, "status": "graded", "reason": "", "counts": True, "points": sum(points),
        "possible": 16.4, "written": [text], "given": mark or 0.0, "waiting": 0.0 if mark is not None else 3.6,
        "total": round(sum(points) + (mark or 0.0), 2), "out_of": 20.0, "questions": questions,
        "answers": {"slope": -0.02, "n_cases": 707, "defence": text["text"]}, "errors": {}, "end": "",
        "comments": ["q1 (The slope): said already", "the cell that begins with `1 / 0` stopped: ZeroDivisionError"],
        "flags": [], "cells": [], **more,
    }  # fmt: skip


def nothing(student, chapter=7):
    return {"student": student, "chapter": chapter, "file": "", "status": "nothing handed in", "reason": "",
            "counts": False, "comments": [], "flags": []}  # fmt: skip


def write(folder, *records, pairs=()):
    """A folder of grades with these notebooks, and the roster beside it."""
    grades = folder / "grades"
    grades.mkdir()
    results = {"format": 1, "course": {}, "report": "", "notebooks": list(records), "pairs": list(pairs)}
    (grades / "results.json").write_text(json.dumps(results), encoding="utf-8")
    lines = [f"{one},{one.title()} Ö,{one}@uni.example" for one in STUDENTS]
    roster = folder / "class.csv"
    roster.write_text("student,name,email\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return grades, roster


def everybody():
    """Six notebooks, from full marks downwards; the last but one waits for a mark."""
    points = [(10.0, 6.4), (10.0, 6.4), (6.0, 6.4), (6.0, 6.4), (6.0, 0.4), (6.0, 0.4)]
    marks = [3.6, 3.0, 2.5, 2.5, None, 0.5]
    return [record(s, points=p, mark=m) for s, p, m in zip(STUDENTS, points, marks, strict=True)]


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Chapter 7 (901),Chapter 8 (902),Final Score\r\n"
    "    Points Possible,,,,,20,20,(read only)\r\n"
    + "".join(
        f'"Ö, {one.title()}",{1000 + k},S{k},{one}@uni.example,Seminar,,{k},\r\n' for k, one in enumerate(STUDENTS)
    )
    + '"Student, Test",9999,,0123abc,Seminar,,,\r\n'
)
MOODLE = "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Aufgabe: Kapitel 7 (Punkte);Letzter Export\n" + "".join(
    f"{one.title()};Ö;{k};{one.upper()}@uni.example;-;1793660340\n" for k, one in enumerate(STUDENTS)
)
WORKSHEET = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden\n"
    + "".join(
        f'Teilnehmer/in{77 + k},{one.title()} Ö,{one}@uni.example,Zur Bewertung abgegeben,,"20,00",Ja\n'
        for k, one in enumerate(STUDENTS)
    )
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t"Total [Total Pts: 20]"\n'
    + "".join(f'"Ö"\t"{one.title()}"\t"{one}"\t"{k}"\t"2026-11-01"\t"Yes"\t""\n' for k, one in enumerate(STUDENTS))
)
