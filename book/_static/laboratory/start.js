// Wakes each instrument of a page when it comes into view, or, where the page asks for that, when it is touched.
// Nothing else of the laboratory is loaded before: its modules, its numbers and what it draws with come from the site.

const instruments = [...document.querySelectorAll("[data-instrument]")];

async function wake(root) {
  if (root.dataset.awake) return;
  root.dataset.awake = "yes";
  try {
    const { mount } = await import("./core.js");
    await mount(root);
  } catch (error) {
    const told = document.createElement("p");
    told.className = "instrument-fault";
    told.setAttribute("role", "alert");
    told.textContent =
      `This instrument did not start (${error.message}). What is recorded is shown below. ` +
      "Load the page again to try once more.";
    root.prepend(told);
  }
}

const inView = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      inView.unobserve(entry.target);
      wake(entry.target);
    }
  },
  { rootMargin: "100px" },
);

for (const root of instruments) {
  inView.observe(root);
  for (const touch of ["pointerdown", "focusin"]) root.addEventListener(touch, () => wake(root), { once: true });
}

// An address with settings of an instrument leads to it.
const asked = instruments.find((root) =>
  [...new URLSearchParams(location.search).keys()].some((key) => key.startsWith(`${root.dataset.instrument}.`)),
);
if (asked && !location.hash) asked.scrollIntoView();
