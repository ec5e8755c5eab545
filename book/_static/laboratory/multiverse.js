// The multiverse: choose every coding choice, and see where that universe lies among all that are recorded.

import { computing } from "./computing.js";
import { make } from "./dom.js";
import { curve, next, touched } from "./curve.js";
import { count, median, percent, plural, range, short } from "./words.js";

const ANY = "any";
const SHOWN = 200; // rows of the table; the CSV has all

// Unpacked once: of every question its universes with their options, in the order of their slopes.
function universes(data) {
  data.unpacked ??= Object.fromEntries(
    data.questions.map((question) => {
      const all = question.code.map((code, place) => {
        const one = {
          estimate: question.estimate[place] / data.fine,
          model_se: question.model_se[place] / data.fine,
          state_se: question.state_se[place] / data.fine,
          cases: question.cases[place],
        };
        for (let at = data.choices.length - 1; at >= 0; at -= 1) {
          const { name, options } = data.choices[at];
          one[name] = options[code % options.length];
          code = Math.floor(code / options.length);
        }
        return one;
      });
      all.sort((a, b) => a.estimate - b.estimate);
      all.forEach((one, place) => {
        one.rank = place + 1;
      });
      const offers = Object.fromEntries(
        data.choices.map(({ name, options }) => [
          name,
          [ANY, ...options.filter((option) => all.some((one) => one[name] === option))],
        ]),
      );
      return [question.name, { all, offers }];
    }),
  );
  return data.unpacked;
}

const fits = (one, state, choices, but) =>
  choices.every(({ name }) => name === but || state[name] === ANY || one[name] === state[name]);

function lit(data, state) {
  return universes(data)[state.question].all.filter((one) => fits(one, state, data.choices));
}

// What each option of each choice would give with everything else as it is chosen.
function steps(data, state) {
  const { all, offers } = universes(data)[state.question];
  return data.choices.flatMap(({ name, label, options, words }) => {
    const others = all.filter((one) => fits(one, state, data.choices, name));
    return options
      .filter((option) => offers[name].includes(option))
      .map((option) => {
        const found = others.filter((one) => one[name] === option).map((one) => one.estimate);
        return {
          name,
          value: option,
          choice: label,
          option: words[options.indexOf(option)],
          chosen: state[name] === option || state[name] === ANY,
          slope: found.length ? median(found) : null,
          universes: found.length,
        };
      });
  });
}

function sentence(data, state, found) {
  const all = universes(data)[state.question].all,
    open = data.choices.some(({ name }) => state[name] === ANY);
  if (!found.length) {
    return state.case_effects === "fixed" && state.clock !== "lived"
      ? "No universe lights up: within a case the calendar and the duration are one, so fixed effects go with the " +
          "lived clock alone."
      : "No universe lights up: nobody has run this combination.";
  }
  if (found.length === 1 && !open) {
    const [one] = found,
      low = one.estimate - data.z * one.state_se,
      high = one.estimate + data.z * one.state_se;
    const clear =
      low > 0
        ? "clear of zero by state"
        : high < 0
          ? "clear of zero by state, and negative"
          : "not clear of zero by state";
    return (
      `This universe’s slope is ${short(one.estimate, 4)} points a year (95% interval by state ` +
      `${range(low, high, 4)}), ${clear}. It lies above ` +
      `${percent((one.rank - 1) / all.length)} of ${count(all.length)} universes.`
    );
  }
  const positive = found.filter((one) => one.estimate > 0).length / found.length;
  const clear = found.filter((one) => one.estimate / one.state_se > data.z).length / found.length;
  return (
    `${plural(found.length, "universe")} of ${count(all.length)} ${found.length === 1 ? "lights" : "light"} up, ` +
    "with slopes from " +
    `${short(found[0].estimate, 4)} to ${short(found.at(-1).estimate, 4)} and a median of ` +
    `${short(median(found.map((one) => one.estimate)), 4)}. ${percent(positive)} are positive, ` +
    `${percent(clear)} clear of zero by state.`
  );
}

export default {
  fields: (data) => [
    {
      key: "question",
      kind: "choice",
      label: "Question",
      value: data.questions[0].name,
      options: data.questions.map(({ name, label }) => ({ value: name, label })),
    },
    ...data.choices.map(({ name, label, options, words }) => ({
      key: name,
      kind: "choice",
      list: true,
      label,
      value: options[0],
      group: "choices",
      options: [...options.map((value, place) => ({ value, label: words[place] })), { value: ANY, label: ANY }],
    })),
    {
      key: "world",
      kind: "choice",
      list: true,
      beside: true,
      label: "Run it in the simulated world",
      value: data.worlds[0],
      options: data.worlds.map((value) => ({ value, label: value })),
    },
    { key: "seed", kind: "range", beside: true, label: "Seed of its history", min: 1, max: 200, step: 1, value: 1 },
  ],

  settle(state, data) {
    const { offers } = universes(data)[state.question],
      settled = { ...state };
    for (const { name } of data.choices) if (!offers[name].includes(state[name])) settled[name] = ANY;
    return { state: settled, offers };
  },

  view(state, data) {
    const { all } = universes(data)[state.question],
      found = lit(data, state),
      rows = steps(data, state);
    const own =
      state.question === data.questions[0].name
        ? all.find((one) => data.choices.every(({ name, options }) => one[name] === options[0]))
        : null;
    const listed = (some) =>
      some.map((one) => ({ ...one, question: state.question, share_below: (one.rank - 1) / all.length }));
    return {
      says: sentence(data, state, found),
      caption: "The universes that light up, from the lowest slope to the highest (points a year)",
      columns: [
        { key: "rank", label: "Rank" },
        { key: "estimate", label: "Slope", digits: 4 },
        { key: "model_se", label: "Error, model", digits: 4 },
        { key: "state_se", label: "Error, by state", digits: 4 },
        { key: "cases", label: "Cases" },
        ...data.choices.map(({ name, label }) => ({ key: name, label })),
      ],
      rows: listed(found.slice(0, SHOWN)),
      all: () => listed(found),
      note: found.length > SHOWN ? `The first ${SHOWN} of ${count(found.length)}; the CSV file has all of them.` : "",
      panels: [
        {
          title: "Every recorded universe, and what lights up",
          height: 215,
          alone: true,
          draw: (Plot, width, height) => curve(Plot, width, height, all, found, own, data),
        },
        {
          title: "One step away (touch a ring to go there)",
          height: (width) => (width < 480 ? 430 : 290),
          alone: true,
          draw: (Plot, width, height) => next(Plot, width, height, rows),
          touch: (figure, set) => touched(figure, set, rows),
        },
      ],
    };
  },

  extend(api) {
    const result = make("p", { class: "lab-here", role: "status" });
    const ask = () => {
      const state = api.state();
      const choices = Object.fromEntries(
        api.data.choices.filter(({ name }) => state[name] !== ANY).map(({ name }) => [name, state[name]]),
      );
      return ["universe", { question: state.question, choices, mechanism: state.world, seed: state.seed }];
    };
    const show = (found) => {
      const low = found.estimate - api.data.z * found.state_se,
        high = found.estimate + api.data.z * found.state_se;
      const open = api.data.choices.some(({ name }) => api.state()[name] === ANY);
      result.textContent =
        found.estimate === null
          ? "In that history this universe cannot be estimated: too few rows are left."
          : `In the simulated world ${found.mechanism}, seed ${found.seed}, the slope of ` +
            `${open ? "these choices, the open ones as in Table 2," : "this universe"} is ` +
            `${short(found.estimate, 4)} points a year (95% interval by state ${range(low, high, 4)}), on ${count(found.cases)} cases. ` +
            `The truth there: ${short(found.truth.effect, 4)} for a further year of membership.`;
    };
    api.beside.append(computing("Compute it here", ask, show).element, result);
  },
};
