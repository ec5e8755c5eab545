// The bar above a notebook: the way back to its page, its neighbours, and the text as it was before the reader changed it.
// Put into the page of JupyterLite's Notebook by book/_live/live/lite.py, with CHAPTERS: [[name, title], …] in order.

const chapters = JSON.parse(document.getElementById("book-chapters").textContent);
const path = () => new URLSearchParams(location.search).get("path") ?? "";
const site = new URL("../../../", location.href.replace(/[^/]*([?#].*)?$/, ""));
const here = chapters.findIndex(([name]) => path() === `${name}.ipynb`);

const link = (text, href, label = text) => {
  const made = document.createElement("a");
  Object.assign(made, { textContent: text, href });
  made.setAttribute("aria-label", label);
  return made;
};
const notebook = (name) => `index.html?path=${encodeURIComponent(`${name}.ipynb`)}`;

const bar = document.createElement("nav");
bar.id = "book-bar";
bar.setAttribute("aria-label", "The Company States Keep");
bar.append(link("The Company States Keep", new URL("index.html", site).href));
if (here >= 0) {
  const [name, title] = chapters[here];
  bar.append(link("Back to the page", new URL(`notebooks/${name}.html`, site).href, `Back to the page: ${title}`));
  const [before, after] = [chapters[here - 1], chapters[here + 1]];
  if (before) bar.append(link("← Previous", notebook(before[0]), `Previous: ${before[1]}`));
  if (after) bar.append(link("Next →", notebook(after[0]), `Next: ${after[1]}`));
  const again = document.createElement("button");
  again.textContent = "Original text";
  again.title = "Your changes are kept in this browser. This opens the chapter as it was; your version stays, under another name.";
  again.addEventListener("click", original);
  bar.append(again);
}
const note = document.createElement("span");
note.setAttribute("role", "status");
note.textContent = "serviceWorker" in navigator && indexedDB ? "" : "This browser keeps no data for this page: download what you want to keep.";
bar.append(note);
document.body.prepend(bar);
document.documentElement.style.setProperty("--book-bar", `${bar.offsetHeight}px`);

// The reader's version goes under another name first, so that nothing is lost; then the notebook is read anew.
async function original() {
  const contents = globalThis.jupyterapp?.serviceManager.contents;
  if (!contents) return;
  try {
    const open = globalThis.jupyterapp.shell.currentWidget?.context;
    await open?.save();
    const stem = path().replace(/\.ipynb$/, "");
    const listed = (await contents.get("")).content.map((one) => one.name);
    let number = 1;
    while (listed.includes(`${stem}-yours-${number}.ipynb`)) number += 1;
    const yours = `${stem}-yours-${number}.ipynb`;
    const mine = await contents.get(path(), { content: true });
    await contents.save(yours, { ...mine, name: yours, path: yours });
    await contents.delete(path()); // what is left then is the site's own
    note.textContent = `Your version is kept as ${yours}.`;
    location.reload();
  } catch (error) {
    note.textContent = `The original could not be opened (${error.message}). Your version is as it was.`;
  }
}
