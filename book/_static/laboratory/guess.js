// Guess first: a world without a label, a bet with how sure one is, the reveal, and a score that rewards honesty.

import { control } from "./controls.js";
import { computing } from "./computing.js";
import { make } from "./dom.js";
import { capital, number, percent, short } from "./words.js";

const SCORES = "hralign-laboratory-guesses";
const article = { intrinsic: "an", instrumental: "an" };

export function guessing(api, building) {
  const { data } = api,
    names = data.mechanisms.map(({ name }) => name),
    bet = { mechanism: names[0], sure: 0.5 };
  const fields = [
    {
      key: "mechanism",
      kind: "choice",
      label: "I bet on",
      options: names.map((name) => ({ value: name, label: name })),
    },
    {
      key: "sure",
      kind: "range",
      label: "How sure",
      min: 0.2,
      max: 1,
      step: 0.05,
      spoken: (value) => percent(value),
    },
  ];
  const controls = fields.map((field) =>
    control(field, (key, value) => {
      bet[key] = value;
      show();
    }),
  );
  const show = () => controls.forEach((one, place) => one.show(bet[fields[place].key]));
  const reveal = make("button", { type: "button", class: "lab-button lab-run" }, "Show me");
  const leave = make("button", { type: "button", class: "lab-button" }, "Back to building");
  const scored = make("p", { class: "lab-score", role: "status" });
  const betting = make(
    "div",
    { class: "lab-bet", hidden: true },
    ...controls.map(({ element }) => element),
    reveal,
    leave,
  );
  const draw = () => {
    const mechanism = names[Math.floor(Math.random() * names.length)];
    return ["world", { mechanism, strength: 1, noise: 1, seed: 201 + Math.floor(Math.random() * 100000) }];
  };
  const play = computing("Guess first: a world without a label", draw, (found) => {
    data.guess = { found };
    api.controls.hidden = building.hidden = true;
    betting.hidden = false;
    reveal.disabled = false;
    scored.textContent = "";
    play.label("Another world");
    show();
    api.redraw();
  });
  reveal.addEventListener("click", () => {
    const truth = data.guess.found.mechanism,
      rest = (1 - bet.sure) / (names.length - 1);
    const off = names.reduce(
      (sum, name) => sum + ((name === bet.mechanism ? bet.sure : rest) - (name === truth ? 1 : 0)) ** 2,
      0,
    );
    const points = Math.round(100 * (1 - off / 2)),
      all = remember(points, bet.mechanism === truth);
    data.guess.revealed =
      `It was ${article[truth] ?? "a"} ${truth} world, ` +
      `${bet.mechanism === truth ? "as you bet" : `and you bet on ${bet.mechanism}`}. ` +
      `A further year of membership truly brought ${short(data.guess.found.truth.effect, 4)} points there.`;
    scored.textContent =
      `${capital(String(points))} points. So far: ${all.right} of ${all.played} right, ` +
      `${number(all.points / all.played, 0)} points on average. Whoever gives each mechanism one in five gets ` +
      `${Math.round(100 * (1 - (0.8 ** 2 + 4 * 0.2 ** 2) / 2))} every time.`;
    reveal.disabled = true;
    api.redraw();
    play.element.querySelector("button").focus();
  });
  leave.addEventListener("click", () => {
    delete data.guess;
    api.controls.hidden = building.hidden = false;
    betting.hidden = true;
    scored.textContent = "";
    play.label("Guess first: a world without a label");
    api.redraw();
    play.element.querySelector("button").focus();
  });
  return make("div", { class: "lab-guess" }, play.element, betting, scored);
}

// Kept in this browser; where it keeps nothing, for this visit.
let kept = { played: 0, right: 0, points: 0 };
function remember(points, right) {
  try {
    const stored = JSON.parse(localStorage.getItem(SCORES));
    if (["played", "right", "points"].every((key) => Number.isFinite(stored?.[key]))) kept = stored;
  } catch {
    /* private windows, or something else under that name */
  }
  kept = { played: kept.played + 1, right: kept.right + (right ? 1 : 0), points: kept.points + points };
  try {
    localStorage.setItem(SCORES, JSON.stringify(kept));
  } catch {
    /* not kept then */
  }
  return kept;
}
